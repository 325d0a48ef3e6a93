package local

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"larder/config"
)

func TestAnEditedConfigurationIsInTheNextBuild(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "larder.json")
	build := func(name string) (wasm []byte, sum string) {
		t.Helper()
		text := fmt.Appendf(nil, `{"name": %q, "origins": [{"name": "a"}], "routes": [{"name": "r", "path": "/"}]}`, name)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		path, err := Build(t.Context(), BuildOptions{ConfigFile: file, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if wasm, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		hash := sha256.Sum256(text)
		return wasm, hex.EncodeToString(hash[:])
	}
	const before, after = "Before-the-edit", "After-the-edit"
	old, oldSum := build(before)
	if !bytes.Contains(old, []byte(before)) || !bytes.Contains(old, []byte(oldSum)) {
		t.Fatal("a program does not hold its configuration")
	}
	edited, sum := build(after)
	if !bytes.Contains(edited, []byte(after)) || !bytes.Contains(edited, []byte(sum)) {
		t.Error("the program lacks the configuration that it is built with")
	}
	if bytes.Contains(edited, []byte(before)) || bytes.Contains(edited, []byte(oldSum)) {
		t.Error("the program holds the configuration of an earlier build")
	}
	const message = "; did you mean "
	if _, err := config.Parse([]byte(`{"nmae": 1}`)); err == nil || !strings.Contains(err.Error(), message) {
		t.Fatalf("the parser says %v", err)
	}
	if bytes.Contains(edited, []byte(message)) {
		t.Error("the program holds the parser of larder.json, which belongs to builds only")
	}
}

func TestAConfigurationWithMistakesIsNotBuilt(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "larder.json")
	if err := os.WriteFile(file, []byte(`{"routes": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "main.wasm")
	if err := os.WriteFile(program, []byte("of an earlier build"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Build(t.Context(), BuildOptions{ConfigFile: file, Dir: dir})
	var mistakes config.Errors
	if !errors.As(err, &mistakes) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(program); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the earlier program is still there: %v", err)
	}
}
