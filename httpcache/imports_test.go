package httpcache

import (
	"go/build"
	"slices"
	"strings"
	"testing"
)

// TestImports keeps host calls and I/O out of the policy, so that it runs the
// same natively and at the edge.
func TestImports(t *testing.T) {
	allowed := []string{
		"crypto/sha256", "encoding/base64", "encoding/binary", "encoding/hex", "errors", "fmt", "iter", "maps",
		"net/http", // for Header; its client and server would add megabytes to the Wasm
		"net/url", "slices", "strconv", "strings", "time", "github.com/cespare/xxhash/v2", "github.com/dunglas/httpsfv",
	}
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pkg.Imports {
		if !slices.Contains(allowed, path) {
			t.Errorf("%s is imported by %s: the policy calls no host and does no I/O", path, strings.Join(pkg.GoFiles, ", "))
		}
	}
}
