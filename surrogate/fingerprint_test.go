package surrogate

import "testing"

func TestFingerprint(t *testing.T) {
	templates := func(texts ...string) []Template {
		var all []Template
		for _, text := range texts {
			all = append(all, template(t, text))
		}
		return all
	}
	keys := templates("posts", "post:{slug}")
	items := rulesOf(t, "data: post:{slug} id:{id}", "data.author: author:{slug}")
	base := Fingerprint(keys, items)
	if len(base) != 8 || base != "1499a37a" {
		t.Errorf("it is %q, so stored entries seem to come from other rules", base)
	}
	if other := Fingerprint(keys, items, "/{a}/{b}/"); other == base || other == Fingerprint(keys, items, "/{b}/{a}/") {
		t.Error("it does not depend on the variables")
	}
	tests := []struct {
		name  string
		keys  []Template
		items Rules
		same  bool
	}{
		{"the same rules", templates("posts", "post:{slug}"), rulesOf(t, "data: post:{slug} id:{id}", "data.author: author:{slug}"), true},
		{"another route key", templates("posts", "post:{id}"), items, false},
		{"the route keys in another order", templates("post:{slug}", "posts"), items, false},
		{"one route key fewer", templates("posts"), items, false},
		{"no route keys", nil, items, false},
		{"no item rules", keys, Rules{}, false},
		{"another item path", keys, rulesOf(t, "items: post:{slug} id:{id}", "data.author: author:{slug}"), false},
		{"another item key", keys, rulesOf(t, "data: post:{slug} id:{key}", "data.author: author:{slug}"), false},
		{"the item rules in another order", keys, rulesOf(t, "data.author: author:{slug}", "data: post:{slug} id:{id}"), false},
		{"an item key that moves to the next rule", keys, rulesOf(t, "data: post:{slug}", "data.author: id:{id} author:{slug}"), false},
		{"a route key that becomes a part of another", templates(`posts" "post:{slug}`), items, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Fingerprint(test.keys, test.items); (got == base) != test.same {
				t.Errorf("it is %q, and the original is %q", got, base)
			}
		})
	}
}
