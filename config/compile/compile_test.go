package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"larder/config"
)

// program is a Go program that holds the compiled form of every file it is
// given beside the file, and prints which of the two differ.
const program = `package main

import (
	"fmt"
	"reflect"
	"time"

	"larder/config"
	"larder/surrogate"
)

type pair struct {
	name, file string
	compiled   *config.Config
}

func main() {
	for _, p := range pairs {
		parsed, err := config.Parse([]byte(p.file))
		if err != nil {
			fmt.Printf("%s: %v\n", p.name, err)
		} else if !reflect.DeepEqual(p.compiled, parsed) {
			fmt.Printf("%s: compiled %+v\nparsed %+v\n", p.name, p.compiled, parsed)
		}
	}
	fmt.Println(len(pairs), "compared")
}

const (
	_ time.Duration      = 0
	_ surrogate.Template = ""
)

var pairs = []pair{
`

func TestACompiledConfigurationEqualsTheParsedOne(t *testing.T) {
	files := map[string]string{"everything set": everything, "nothing set": minimal}
	maps.Copy(files, repositoryFiles(t))
	for i := range 120 {
		files[fmt.Sprintf("generated %d", i)] = validFile().Example(i)
	}
	var text strings.Builder
	text.WriteString(program)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		source, err := Source([]byte(files[name]))
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, files[name])
		}
		fmt.Fprintf(&text, "{%q, %q, %s},\n", name, files[name], expression(t, string(source)))
	}
	text.WriteString("}\n")

	main := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(main, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), "go", "run", main).CombinedOutput()
	if want := fmt.Sprintf("%d compared\n", len(files)); err != nil || string(output) != want {
		t.Errorf("%v\n%s", err, output)
	}
}

// expression returns the configuration's literal out of a source.
func expression(t *testing.T, source string) string {
	t.Helper()
	_, literal, found := strings.Cut(source, "var configuration = ")
	if !found {
		t.Fatalf("there is no configuration in\n%s", source)
	}
	return strings.TrimSpace(literal)
}

// repositoryFiles are all configurations of the repository, by their paths.
func repositoryFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, pattern := range []string{"larder.json", "*/larder.json", "*/*/larder.json", "presets/*.json", "e2e/testdata/*.json"} {
		names, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var members map[string]any
			if err := json.Unmarshal(text, &members); err == nil && members["routes"] != nil {
				files[name] = string(text)
			}
		}
	}
	if len(files) < 5 {
		t.Fatalf("only %d configurations were found", len(files))
	}
	return files
}

func TestTheSourceNamesTheFileItIsMadeOf(t *testing.T) {
	sum := sha256.Sum256([]byte(minimal))
	source, err := Source([]byte(minimal))
	if err != nil || !strings.Contains(string(source), `configurationSum = "`+hex.EncodeToString(sum[:])+`"`) {
		t.Errorf("%v\n%s", err, source)
	}
}

func TestAFileWithMistakesHasNoSource(t *testing.T) {
	source, err := Source([]byte(`{"routes": []}`))
	var mistakes config.Errors
	if source != nil || !errors.As(err, &mistakes) {
		t.Errorf("got %q, %v", source, err)
	}
}
