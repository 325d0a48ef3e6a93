// Package docs_test holds the manual against the code: what a page names must
// exist, and what the code has must be on its page.
package docs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"larder/config"
)

const root = ".."

// readme is the first page. Pages are named by their paths from the root.
const readme = "README.md"

// manual returns all pages.
func manual(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	all := []string{readme}
	clients, err := filepath.Glob("clients/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, clients...) {
		all = append(all, "docs/"+filepath.ToSlash(page))
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheTablesHaveExactlyTheMembersOfLarderJSON(t *testing.T) {
	members := schemaMembers(t)
	if len(members) < 40 {
		t.Fatalf("the schema has %d members, want more: this test cannot read it", len(members))
	}
	rows := tableRows(section(t, "docs/configure.md", "The whole file"))
	for _, m := range members {
		row, ok := rows[m.path]
		switch {
		case !ok:
			t.Errorf("docs/configure.md: no row for `%s`", m.path)
		case !strings.Contains(row, m.standard):
			t.Errorf("docs/configure.md: the row for `%s` does not name its default %s", m.path, m.standard)
		}
		delete(rows, m.path)
	}
	for path := range rows {
		t.Errorf("docs/configure.md: the schema has no member %s", path)
	}
}

func TestTheReadmeNamesEveryTopLevelMemberOfLarderJSON(t *testing.T) {
	summary := section(t, readme, "Configure")
	for _, m := range schemaMembers(t) {
		if m.path == "$schema" || strings.ContainsAny(m.path, ".[") {
			continue
		}
		if !strings.Contains(summary, "`"+m.path+"`") {
			t.Errorf("%s: the summary of larder.json does not name `%s`", readme, m.path)
		}
	}
}

// member is a member of larder.json by its path, such as origins[].name, and
// its default as the tables write it, or "".
type member struct{ path, standard string }

// schema is what the test needs of JSON Schema.
type schema struct {
	Ref        string            `json:"$ref"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	Default    any               `json:"default"`
	Defs       map[string]schema `json:"$defs"`
}

func schemaMembers(t *testing.T) []member {
	t.Helper()
	var top schema
	if err := json.Unmarshal([]byte(read(t, "config/larder.schema.json")), &top); err != nil {
		t.Fatal(err)
	}
	var all []member
	// Each definition is taken where it comes first: a route's lifetimes have
	// the members of the file's own.
	seen := map[string]bool{}
	var walk func(s schema, path string)
	walk = func(s schema, path string) {
		if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok && !seen[name] {
			def := top.Defs[name]
			seen[name] = len(def.Properties) > 0
			walk(def, path)
		}
		if s.Items != nil {
			walk(*s.Items, path+"[]")
		}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if name == "*" {
				continue
			}
			inner := strings.TrimPrefix(path+"."+name, ".")
			all = append(all, member{inner, defaultText(s.Properties[name].Default)})
			walk(s.Properties[name], inner)
		}
	}
	walk(top, "")
	return all
}

func defaultText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case []any:
		texts := make([]string, len(v))
		for i, element := range v {
			texts[i] = defaultText(element)
		}
		return strings.Join(texts, ", ")
	default:
		return fmt.Sprintf("`%v`", v)
	}
}

// tableRows are the rows of tables that begin with a name in code, by it.
func tableRows(text string) map[string]string {
	rows := map[string]string{}
	for line := range strings.Lines(text) {
		if after, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ := strings.Cut(after, "`")
			rows[name] = line
		}
	}
	return rows
}

func TestTheJSONInThePagesIsGood(t *testing.T) {
	blocks := 0
	for _, page := range manual(t) {
		for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(indentless(read(t, page)), -1) {
			blocks++
			if !json.Valid([]byte(block[1])) {
				t.Errorf("%s: this is not JSON: %s", page, block[1])
			}
			if strings.Contains(block[1], `"routes"`) {
				if _, err := config.Parse([]byte(block[1])); err != nil {
					t.Errorf("%s: larder.json in it: %v", page, err)
				}
			}
		}
	}
	if blocks == 0 {
		t.Error("no JSON was found in any page")
	}
}

// indentless takes the indentation of list items away.
func indentless(text string) string {
	return regexp.MustCompile(`(?m)^ +`).ReplaceAllString(text, "")
}

func TestEveryMakeTargetExists(t *testing.T) {
	targets := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(read(t, "Makefile"), -1) {
		targets[m[1]] = true
	}
	for _, page := range manual(t) {
		for _, m := range regexp.MustCompile("(?m)(?:`|^ *)make ([a-z-]+)").FindAllStringSubmatch(read(t, page), -1) {
			if !targets[m[1]] {
				t.Errorf("%s: the Makefile has no target %s", page, m[1])
			}
		}
	}
}

// built are files that a command on the page makes.
var built = []string{"pkg/larder.tar.gz"}

func TestEveryFileThatIsNamedExists(t *testing.T) {
	// In code, what looks like a path: a known ending, or a folder of ours.
	code := regexp.MustCompile("`([A-Za-z0-9_./-]+)`")
	path := regexp.MustCompile(`\.(go|json|toml|md|sh|gz)$|^(\.\./)?[a-z0-9]+(/[a-z0-9_.-]+)+$`)
	exists := func(name string) bool {
		if slices.Contains(built, name) {
			return true
		}
		_, err := os.Stat(filepath.Join(root, name))
		return err == nil
	}
	for _, page := range manual(t) {
		for _, m := range code.FindAllStringSubmatch(read(t, page), -1) {
			// What begins with dots is relative to a folder that the text names.
			name := strings.TrimPrefix(m[1], "../")
			if path.MatchString(name) && !exists(name) {
				t.Errorf("%s: there is no file %s", page, name)
			}
		}
	}
	for folder := range tableRows(section(t, readme, "Project structure")) {
		if !exists(folder) {
			t.Errorf("%s: there is no folder %s", readme, folder)
		}
	}
}

func TestEveryFolderIsInTheProjectStructure(t *testing.T) {
	text := section(t, readme, "Project structure")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	// What is built or fetched is nobody's to read.
	made := map[string]bool{"bin": true, "pkg": true, "node_modules": true}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() && !made[name] && !strings.HasPrefix(name, ".") && !strings.Contains(text, "`"+name) {
			t.Errorf("%s: the folder %s is not in the project structure", readme, name)
		}
	}
}

func section(t *testing.T, page, title string) string {
	t.Helper()
	_, after, found := strings.Cut(read(t, page), "\n## "+title+"\n")
	if !found {
		t.Fatalf("%s has no section %q", page, title)
	}
	text, _, _ := strings.Cut(after, "\n## ")
	return text
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	for _, page := range manual(t) {
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(read(t, page), -1) {
			if strings.HasPrefix(m[1], "https://") {
				continue
			}
			file, anchor, hasAnchor := strings.Cut(m[1], "#")
			target := page
			if file != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(page), file))
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s: the link %s leads nowhere", page, m[1])
				continue
			}
			if hasAnchor && !anchors(read(t, target))[anchor] {
				t.Errorf("%s: %s has no section #%s", page, target, anchor)
			}
		}
	}
}

// anchors are those that headings get: lower case, hyphens for spaces, no
// punctuation.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		name := strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")
		all[regexp.MustCompile(`[^a-z0-9_-]`).ReplaceAllString(name, "")] = true
	}
	return all
}

func TestTheComparisonIsThatOfTheLatestRun(t *testing.T) {
	text := section(t, readme, "Comparison")
	for line := range strings.Lines(read(t, "testdata/conformance/comparison.md")) {
		if strings.HasPrefix(line, "|") && !strings.Contains(text, line) {
			t.Errorf("%s: the comparison lacks this row of testdata/conformance/comparison.md: %s", readme, line)
		}
	}
}
