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

// details are the values that the code writes: what a Detail is set to, the
// reasons given to refuse, the names of failures, and the reasons why a response
// is not stored.
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
	for _, path := range sources(t, "handlers", "content") {
		inspect(t, path, func(n ast.Node) {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if strings.HasSuffix(strings.ToLower(expression(left)), ".detail") && i < len(n.Rhs) {
						add(n.Rhs[i])
					}
				}
			case *ast.KeyValueExpr:
				if strings.EqualFold(expression(n.Key), "detail") {
					add(n.Value)
				}
			case *ast.CallExpr:
				if f := expression(n.Fun); strings.HasSuffix(f, ".refuse") || strings.HasSuffix(f, ".addDetail") {
					add(n.Args[0])
				}
			case *ast.FuncDecl:
				if n.Name.Name == "Reason" {
					add(n.Body)
				}
			case *ast.ValueSpec: // reasons, and errors whose text Reason returns
				name := strings.ToLower(n.Names[0].Name)
				if len(n.Values) == 1 && (strings.HasPrefix(name, "err") || strings.HasPrefix(name, "reason")) && isHyphenated(n.Values[0]) {
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

func TestEveryLogLineIsExplained(t *testing.T) {
	text := section(t, "docs/observe.md", "Logs")
	written := map[string]bool{} // every string of these packages
	found := 0
	for _, path := range sources(t, ".", "config", "content", "fence", "handlers", "origin", "origin/breaker", "purge", "purge/audit", "shield") {
		inspect(t, path, func(n ast.Node) {
			if literal, ok := n.(*ast.BasicLit); ok {
				for text := range literals(literal) {
					written[beginning(text)] = true
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return
			}
			f := strings.ToLower(expression(call.Fun))
			if !strings.HasSuffix(f, ".log") && !strings.HasSuffix(f, ".describe") {
				return
			}
			for line := range literals(call.Args[0]) {
				begins := beginning(line)
				if begins == "" { // the request's method, or an error
					continue
				}
				found++
				if !strings.Contains(text, "`"+begins) {
					t.Errorf("docs/observe.md does not explain lines that begin with %q", begins)
				}
			}
		})
	}
	if found < 25 {
		t.Errorf("the code has %d log lines, want more: this test cannot read it", found)
	}
	for row := range strings.Lines(text) {
		first, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " | ")
		for _, span := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(first, -1) {
			begins := documented(span[1])
			if strings.HasPrefix(row, "| `") && begins != "" && !written[begins] {
				t.Errorf("docs/observe.md explains lines that begin with %q, which the code does not write", begins)
			}
		}
	}
}

// beginning is the part of a log line that is always the same.
func beginning(line string) string {
	begins, _, _ := strings.Cut(line, "%")
	return strings.TrimRight(begins, ` "`)
}

// documented is the same part of a line in the table, without what stands for
// a path, a name or a key. It is "" for lines that begin with a method.
func documented(span string) string {
	if strings.HasPrefix(span, "METHOD") || strings.HasPrefix(span, "GET") {
		return ""
	}
	begins, _, _ := strings.Cut(span, " PATH:")
	begins, _, _ = strings.Cut(begins, ` "…"`)
	begins, _, _ = strings.Cut(begins, " …")
	return strings.TrimSuffix(begins, " Larder-Edge:") // the header, a constant
}

func TestEveryFieldOfTheStatusAndOfARecordIsExplained(t *testing.T) {
	for _, s := range []struct{ section, file, within string }{
		{"Status", "report.go", ""}, {"Status", "purge/secret_status.go", ""}, {"Status", "origin/status.go", "origins[]."},
		{"Status", "origin/circuit_status.go", "origins[].circuits[]."}, {"Status", "vault/status.go", ""}, {"Status", "shield/site.go", ""},
		{"Purges", "purge/audit/record.go", ""},
	} {
		text := section(t, "docs/observe.md", s.section)
		fields := 0
		for _, m := range regexp.MustCompile("`json:\"([a-z_]+)").FindAllStringSubmatch(read(t, s.file), -1) {
			fields++
			if name := "`" + s.within + m[1] + "`"; !strings.Contains(text, name) {
				t.Errorf("docs/observe.md does not explain %s, which %s writes", name, s.file)
			}
		}
		if fields == 0 {
			t.Errorf("%s has no fields: this test cannot read it", s.file)
		}
	}
}

// sources are the Go files of packages, without their tests.
func sources(t *testing.T, packages ...string) []string {
	t.Helper()
	var all []string
	for _, pkg := range packages {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pkg), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = slices.DeleteFunc(files, func(path string) bool { return strings.HasSuffix(path, "_test.go") })
		if len(files) == 0 {
			t.Fatalf("package %s has no files", pkg)
		}
		all = append(all, files...)
	}
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
