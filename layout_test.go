package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layout is which of Larder's packages each package may import, and why no
// others. Arrows point one way: a reader follows a request downwards.
var layout = []struct {
	pkg  string
	may  []string
	why  string
	host bool // may import the SDK
}{
	{pkg: "surrogate", why: "surrogate keys are values: no configuration, no host"},
	{pkg: "httpcache", why: "the policy is pure: values in, values out, no clock"},
	{pkg: "problem", why: "an error that a client sees needs nothing but HTTP"},
	{pkg: "corecache", host: true, why: "the cache knows nothing of what is stored in it"},
	{pkg: "config", may: []string{"surrogate"}, why: "the configuration is read before there is a host"},
	{pkg: "resource", may: []string{"config", "surrogate"}, why: "what a request is for follows from the request alone"},
	{pkg: "shield", may: []string{"config", "problem"}, why: "the path to the shield is below those who use it"},
	{pkg: "origin/breaker", may: []string{"config", "corecache", "resource"}, why: "a circuit knows no requests"},
	{pkg: "origin", may: []string{"config", "corecache", "origin/breaker", "shield"}, why: "origins are asked the same whatever is done with the answer", host: true},
	{pkg: "fence", may: []string{"corecache", "resource", "surrogate"}, why: "the fence knows leases and keys, and no responses"},
	{pkg: "vault", may: []string{"config", "corecache", "httpcache", "resource", "surrogate"}, why: "the vault keeps what it is given", host: true},
	{pkg: "content", may: []string{"config", "corecache", "fence", "httpcache", "origin", "resource", "shield", "surrogate", "vault"},
		why: "content returns a result and writes to no client, so it knows neither handlers nor the SDK"},
	{pkg: "purge/hook", may: []string{"config", "problem", "surrogate"}, why: "what a webhook means follows from it alone"},
	{pkg: "purge/audit", may: []string{"corecache", "resource"}, why: "a record is made of what others decide"},
	{pkg: "purge", may: []string{"config", "fence", "problem", "purge/audit", "purge/hook", "resource", "shield", "surrogate", "vault"}, why: "purges reach the cache through the fence alone", host: true},
	{pkg: "accesslog", may: []string{"config", "httpcache"}, why: "a line is a value; the endpoint is an io.Writer"},
	{pkg: "handlers", may: []string{"accesslog", "config", "content", "corecache", "fence", "httpcache", "origin", "problem", "resource", "shield", "surrogate", "vault"},
		why: "handlers is the HTTP surface; main alone is above it", host: true},
}

func TestImportsFollowTheArrows(t *testing.T) {
	for _, l := range layout {
		for file, imports := range importsOf(t, l.pkg) {
			for _, path := range imports {
				own, isOwn := strings.CutPrefix(path, "larder/")
				if isOwn && !slices.Contains(l.may, own) && !strings.HasPrefix(own, "internal/") {
					t.Errorf("%s imports %s: %s", file, own, l.why)
				}
				if strings.HasPrefix(path, "github.com/fastly/") && !l.host {
					t.Errorf("%s imports the SDK: %s", file, l.why)
				}
			}
		}
	}
}

// Only these packages declare host calls: everything else runs natively.
func TestHostCallsAreDeclaredInTwoPackages(t *testing.T) {
	for _, l := range layout {
		for _, file := range sources(t, l.pkg) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "//go:wasmimport") && l.pkg != "corecache" && l.pkg != "shield" {
				t.Errorf("%s declares a host call", file)
			}
		}
	}
}

// The order of a purge is written once, in package fence.
func TestOnlyTheFencePurgesTheCache(t *testing.T) {
	for _, l := range layout {
		for _, file := range sources(t, l.pkg) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(strings.ToLower(string(text)), "cache.purge(") && l.pkg != "fence" && l.pkg != "corecache" {
				t.Errorf("%s purges the cache past the fence", file)
			}
		}
	}
}

// sources are the files of a package, without its tests.
func sources(t *testing.T, pkg string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.FromSlash(pkg), "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("package %s has no files: %v", pkg, err)
	}
	return slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
}

func importsOf(t *testing.T, pkg string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, file := range sources(t, pkg) {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			all[file] = append(all[file], strings.Trim(spec.Path.Value, `"`))
		}
	}
	return all
}
