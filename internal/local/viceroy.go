package local

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
)

// Viceroy returns the path of the pinned version of Viceroy. If necessary it is
// built first, which takes about ten minutes; messages go to log unless nil.
func Viceroy(ctx context.Context, log io.Writer) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	var messages strings.Builder
	cmd := exec.CommandContext(ctx, filepath.Join(root, "tools", "viceroy.sh"))
	cmd.Stderr = io.Writer(&messages)
	if log != nil {
		cmd.Stderr = io.MultiWriter(&messages, log)
	}
	path, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find Viceroy: %w\n%s", err, strings.TrimSpace(messages.String()))
	}
	return strings.TrimSpace(string(path)), nil
}
