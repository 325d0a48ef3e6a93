package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrNoRepository means that the working directory is not inside a clone of
// Larder's repository.
var ErrNoRepository = errors.New("not inside Larder's repository")

// Root returns the absolute path of the repository that contains the working
// directory. The error may wrap ErrNoRepository.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module larder\n") {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s: %w", start, ErrNoRepository)
		}
	}
}
