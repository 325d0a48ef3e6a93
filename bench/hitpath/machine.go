package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"

	"larder/internal/local"
)

// machine says where and with what a report was made.
type machine struct {
	CPU     string `json:"cpu"`
	Cores   int    `json:"cores"`
	Go      string `json:"go"`
	SDK     string `json:"compute_sdk_go"`
	Viceroy string `json:"viceroy"`
}

func thisMachine(ctx context.Context) (machine, error) {
	viceroy, err := local.Viceroy(ctx, nil)
	if err != nil {
		return machine{}, err
	}
	version, err := exec.CommandContext(ctx, viceroy, "--version").Output()
	if err != nil {
		return machine{}, fmt.Errorf("ask Viceroy for its version: %w", err)
	}
	return machine{
		CPU:     cpu(),
		Cores:   runtime.NumCPU(),
		Go:      runtime.Version(),
		SDK:     sdk(),
		Viceroy: strings.TrimSpace(string(version)),
	}, nil
}

// cpu returns the processor's name where the system tells it (Linux), and
// otherwise its architecture.
func cpu() string {
	// A file that is not there leaves no lines to look at.
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return runtime.GOARCH
}

// sdk returns the version of compute-sdk-go that this program, and so the
// programs it measures, are built with.
func sdk() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return "of unknown version"
	}
	for _, module := range build.Deps {
		if module.Path == "github.com/fastly/compute-sdk-go" {
			return module.Version
		}
	}
	return "of unknown version"
}
