package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestMain lets the test's own binary stand in for Larder as it is in the
// repository.
func TestMain(m *testing.M) {
	if os.Getenv("LARDER_TEST_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Otherwise a build that does not compile larder.json could hold an old one.
func TestTheRepositoryHoldsNoCompiledConfiguration(t *testing.T) {
	if configuration != nil || configurationSum != "" {
		t.Errorf("configuration.go declares a configuration, of a larder.json with the SHA-256 %q", configurationSum)
	}
}

func TestAProgramWithoutAConfigurationRefusesToStart(t *testing.T) {
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), "LARDER_TEST_MAIN=1")
	output, err := program.CombinedOutput()
	if err == nil || program.ProcessState.ExitCode() != 1 || !strings.Contains(string(output), "hint: build it with: go run ./cmd/larder build") {
		t.Errorf("%v\n%s", err, output)
	}
}
