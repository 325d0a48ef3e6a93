package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// suiteVersion is the version in package.json.
const suiteVersion = "0.4.5"

// endWithin is how long a Node.js program may take to end when it is stopped.
const endWithin = 5 * time.Second

// suite is the installed suite.
type suite struct {
	dir string    // with package.json and suite.mjs
	log io.Writer // for output other than results
}

// install installs the packages in package-lock.json unless they are installed.
func (s suite) install(ctx context.Context) error {
	lock, err := os.ReadFile(filepath.Join(s.dir, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("install the suite: %w", err)
	}
	// Like tools/npm.sh: the copy identifies the lockfile that was installed.
	mark := filepath.Join(s.dir, "node_modules", ".larder-installed")
	if installed, err := os.ReadFile(mark); err == nil && bytes.Equal(installed, lock) {
		return nil
	}
	fmt.Fprintln(s.log, "installing http-cache-tests", suiteVersion)
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts")
	npm.Dir, npm.WaitDelay = s.dir, endWithin
	if output, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("install the suite: npm ci: %w\n%s", err, bytes.TrimSpace(output))
	}
	if err := os.WriteFile(mark, lock, 0o644); err != nil {
		return fmt.Errorf("install the suite: %w", err)
	}
	return nil
}

// catalogue lists the suite's cases and the published results.
func (s suite) catalogue(ctx context.Context) (catalogue, error) {
	var known catalogue
	return known, s.ask(ctx, &known, "catalogue")
}

// run runs every case concurrently through the cache at base.
func (s suite) run(ctx context.Context, base string) (outcomes, error) {
	var result outcomes
	return result, s.ask(ctx, &result, "run", base)
}

// runAlone runs only the given cases, at least one.
func (s suite) runAlone(ctx context.Context, base string, ids []string) (outcomes, error) {
	var result outcomes
	return result, s.ask(ctx, &result, append([]string{"run", base}, ids...)...)
}

// trace is runAlone, with every message in the log.
func (s suite) trace(ctx context.Context, base string, ids []string) (outcomes, error) {
	var result outcomes
	return result, s.ask(ctx, &result, append([]string{"trace", base}, ids...)...)
}

// ask calls the suite's client and parses its answer.
func (s suite) ask(ctx context.Context, answer any, args ...string) error {
	node := exec.CommandContext(ctx, "node", append([]string{"suite.mjs"}, args...)...)
	node.Dir, node.WaitDelay = s.dir, endWithin
	node.Stderr = s.log
	text, err := node.Output()
	if ctx.Err() != nil {
		return fmt.Errorf("suite %s: %w", args[0], context.Cause(ctx))
	}
	if err != nil {
		return fmt.Errorf("suite %s: %w", args[0], err)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("suite %s: %w", args[0], err)
	}
	return nil
}
