package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

func TestManifestChangesOnlyWhatItIsAskedTo(t *testing.T) {
	text, err := manifest(repositoryManifest(t), map[string]string{
		"primary": "http://127.0.0.1:20001",
		"third":   "http://127.0.0.1:20003",
	}, func(server map[string]any) {
		member(server, "shielding_sites")["pop"] = "Local"
	})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if _, err := toml.Decode(string(text), &got); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}

	server := got["local_server"].(map[string]any)
	for _, c := range []struct {
		name string
		path []string
		want any
	}{
		{"a backend's URL is replaced", []string{"backends", "primary", "url"}, "http://127.0.0.1:20001"},
		{"its time limit stays", []string{"backends", "primary", "first_byte_timeout_ms"}, int64(5000)},
		{"another backend stays", []string{"backends", "standby", "url"}, "http://127.0.0.1:8081"},
		{"a new backend is added", []string{"backends", "third", "url"}, "http://127.0.0.1:20003"},
		{"the switches stay", []string{"config_stores", "larder_switches", "format"}, "inline-toml"},
		{"the edit is applied", []string{"shielding_sites", "pop"}, "Local"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var value any = server
			for _, name := range c.path {
				table, ok := value.(map[string]any)
				if !ok {
					t.Fatalf("nothing at %s", strings.Join(c.path, "."))
				}
				value = table[name]
			}
			if value != c.want {
				t.Errorf("%s is %v, want %v", strings.Join(c.path, "."), value, c.want)
			}
		})
	}
}

func TestPackagesAreBuiltByTheSameStep(t *testing.T) {
	var manifest struct {
		Scripts struct{ Build string }
	}
	if _, err := toml.DecodeFile(repositoryManifest(t), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Scripts.Build != "go run ./cmd/larder build" {
		t.Errorf("the build script is %q", manifest.Scripts.Build)
	}
}

// In production the stores and backends must be those that are tested locally.
func TestSetupCreatesWhatTheLocalServerHas(t *testing.T) {
	var manifest map[string]map[string]any
	var whole map[string]any
	if _, err := toml.DecodeFile(repositoryManifest(t), &whole); err != nil {
		t.Fatal(err)
	}
	manifest = map[string]map[string]any{
		"local_server": whole["local_server"].(map[string]any),
		"setup":        whole["setup"].(map[string]any),
	}
	for _, kind := range []string{"backends", "config_stores", "kv_stores", "secret_stores"} {
		local, setup := manifest["local_server"][kind].(map[string]any), manifest["setup"][kind].(map[string]any)
		for name := range local {
			if setup[name] == nil {
				t.Errorf("[setup] lacks %s.%s", kind, name)
			}
		}
		for name := range setup {
			if local[name] == nil {
				t.Errorf("[local_server] lacks %s.%s", kind, name)
			}
		}
	}
}

func repositoryManifest(t *testing.T) string {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "fastly.toml")
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return path
}
