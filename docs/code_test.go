package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestEveryProblemTypeHasItsSection(t *testing.T) {
	text := read(t, "docs/errors.md")
	made := problemTypes(t)
	if len(made) < 10 {
		t.Fatalf("the code has %d problem types, want more: this test cannot read it", len(made))
	}
	for name := range made {
		if !strings.Contains(text, "\n## "+name+"\n") {
			t.Errorf("docs/errors.md has no section for %s", name)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(text, -1) {
		if !made[m[1]] {
			t.Errorf("docs/errors.md has a section %s, and the code no such problem", m[1])
		}
	}
}

// problemTypes are the names given to problem.New.
func problemTypes(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		within := filepath.Base(filepath.Dir(path)) == "problem"
		inspect(t, path, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 3 {
				return
			}
			if f := expression(call.Fun); f == "problem.New" || within && f == "New" {
				for name := range literals(call.Args[0]) {
					names[name] = true
				}
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEveryDetailOfCacheStatusIsExplained(t *testing.T) {
	text := section(t, "docs/observe.md", "Cache-Status")
	found := details(t)
	if len(found) < 20 {
		t.Fatalf("the code has %d details, want more: this test cannot read it", len(found))
	}
	for _, detail := range found {
		if !strings.Contains(text, "\n| `"+detail+"` |") {
			t.Errorf("docs/observe.md does not explain the detail %s", detail)
		}
	}
	for name := range tableRows(detailTables(text)) {
		if !slices.Contains(found, name) {
			t.Errorf("docs/observe.md explains the detail %s, which the code does not have", name)
		}
	}
}

func detailTables(text string) string {
	_, after, _ := strings.Cut(text, "\n### detail\n")
	return after
}

// details are the values that the code writes: what is assigned to a Detail or
// given to a function that does so, the names of failures, and the reasons for
// not keeping an answer.
func details(t *testing.T) []string {
	t.Helper()
	var all []string
	add := func(from ...ast.Node) {
		for _, node := range from {
			for text := range literals(node) {
				text = strings.Trim(text, "-; ") // what joins it to the next
				if text != "" && !slices.Contains(all, text) {
					all = append(all, text)
				}
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(root, "handlers", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		inspect(t, path, func(n ast.Node) {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if strings.HasSuffix(expression(left), ".Detail") && i < len(n.Rhs) {
						add(n.Rhs[i])
					}
				}
			case *ast.CallExpr:
				if f := expression(n.Fun); strings.HasSuffix(f, ".passThrough") || strings.HasSuffix(f, ".refuse") {
					add(n.Args[len(n.Args)-1])
				}
			case *ast.FuncDecl:
				if n.Name.Name == "why" {
					add(n.Body)
				}
			case *ast.ValueSpec: // errors whose text why returns
				if strings.HasPrefix(n.Names[0].Name, "err") && len(n.Values) == 1 && isHyphenated(n.Values[0]) {
					add(n.Values[0])
				}
			}
		})
	}
	inspect(t, filepath.Join(root, "httpcache", "notstored.go"), func(n ast.Node) {
		clause, ok := n.(*ast.CaseClause)
		if ok && len(clause.List) == 1 && expression(clause.List[0]) != "Storable" {
			for _, statement := range clause.Body {
				add(statement)
			}
		}
	})
	return all
}

// isHyphenated reports whether an error's text is a name and not a sentence.
func isHyphenated(value ast.Expr) bool {
	for text := range literals(value) {
		return strings.Contains(text, "-") && !strings.Contains(text, " ")
	}
	return false
}

func inspect(t *testing.T, path string, visit func(ast.Node)) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if n != nil {
			visit(n)
		}
		return true
	})
}

// literals are the strings written in a piece of code.
func literals(node ast.Node) map[string]bool {
	all := map[string]bool{}
	ast.Inspect(node, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				all[text] = true
			}
		}
		return true
	})
	return all
}

// expression is the source of a name, a selector or a call's function.
func expression(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return expression(e.X) + "." + e.Sel.Name
	}
	return ""
}
