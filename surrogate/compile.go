package surrogate

import "strings"

// node is a place in the body that the rules name: the end or a step of an item's
// path, or of a variable's path into an item.
type node struct {
	members map[string]*node
	any     *node
	// inItem says that the node is on a variable's path, where a number names an
	// element of an array.
	inItem bool
	// templates of the items here, and the variables' paths into them.
	templates []slotted
	variables *node
	// slots of the item's variables, all of them.
	slots []int
	// value and name are the slots of the value here and of its member name.
	value, name int
}

// noSlot is the slot of a variable without a value.
const noSlot = 0

// slotted is a [Template] whose variables are slots.
type slotted []piece

// piece of a template is text or a variable.
type piece struct {
	text string
	slot int
}

// compiler makes nodes of rules.
type compiler struct {
	path  func(variable string) (string, bool)
	slots int
}

func (c *compiler) newSlot() int {
	c.slots++
	return c.slots
}

// tree joins the rules, so that a body is read once for all of them.
func (c *compiler) tree(rules Rules) *node {
	root := &node{}
	for _, rule := range rules {
		at, star := root, (*node)(nil)
		if rule.Each != "" {
			for _, name := range SplitPath(rule.Each) {
				switch name {
				case anyElement:
				case anyMember:
					if at.any == nil {
						at.any = &node{}
					}
					at = at.any
					star = at
				default:
					at = at.child(name, false)
				}
			}
		}
		for _, key := range rule.Keys {
			at.templates = append(at.templates, c.template(key, at, star))
		}
	}
	return root
}

// child returns the node of a member.
func (n *node) child(name string, inItem bool) *node {
	name, _ = MemberName(name)
	if n.members == nil {
		n.members = make(map[string]*node)
	}
	if n.members[name] == nil {
		n.members[name] = &node{inItem: inItem}
	}
	return n.members[name]
}

// template prepares a key of the items at a node.
func (c *compiler) template(key Template, item, star *node) slotted {
	var pieces slotted
	for rest := key; rest != ""; {
		var literal, variable string
		literal, variable, rest = rest.cut()
		if literal != "" {
			pieces = append(pieces, piece{text: literal})
		}
		if name, ok := strings.CutPrefix(variable, "path."); ok {
			value := ""
			if c.path != nil {
				value, _ = c.path(name) // none is empty
			}
			pieces = append(pieces, piece{text: value})
		} else if variable != "" {
			pieces = append(pieces, piece{slot: c.slot(variable, item, star)})
		}
	}
	return pieces
}

// slot returns the slot of an item's variable.
func (c *compiler) slot(variable string, item, star *node) int {
	var slot *int
	switch variable {
	case "@key":
		if star == nil {
			return noSlot
		}
		if star.name == noSlot {
			star.name = c.newSlot()
		}
		return star.name
	case "@value":
		slot = &item.value
	default:
		if item.variables == nil {
			item.variables = &node{inItem: true}
		}
		at := item.variables
		for _, name := range SplitPath(variable) {
			at = at.child(name, true)
		}
		slot = &at.value
	}
	if *slot == noSlot {
		*slot = c.newSlot()
		item.slots = append(item.slots, *slot)
	}
	return *slot
}
