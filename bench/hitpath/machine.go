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

// machine describes the machine and the tools of a report.
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

// cpu returns the processor's name on Linux, elsewhere its architecture.
func cpu() string {
	// Without the file there are no lines.
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return runtime.GOARCH
}

// sdk returns the version of compute-sdk-go that the measured programs are built
// with.
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
