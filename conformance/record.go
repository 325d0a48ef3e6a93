package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// record is the folder of committed results.
type record struct{ dir string }

func (r record) outcomesFile() string   { return filepath.Join(r.dir, "larder.json") }
func (r record) comparisonFile() string { return filepath.Join(r.dir, "comparison.md") }
func (r record) exceptionsFile() string { return filepath.Join(r.dir, "exceptions.json") }

// outcomes returns the committed outcomes; none before the first update.
func (r record) outcomes() (outcomes, error) {
	var recorded outcomes
	return recorded, read(r.outcomesFile(), &recorded)
}

// exceptions returns the committed reasons.
func (r record) exceptions() ([]exception, error) {
	var exceptions []exception
	return exceptions, read(r.exceptionsFile(), &exceptions)
}

// update replaces the committed outcomes and the comparison. Equal outcomes
// produce equal files.
func (r record) update(suite catalogue, run outcomes) error {
	compact, err := marshal(run)
	if err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	var text bytes.Buffer
	if err := json.Indent(&text, compact, "", "  "); err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	text.WriteByte('\n')
	return errors.Join(
		os.WriteFile(r.outcomesFile(), text.Bytes(), 0o644),
		os.WriteFile(r.comparisonFile(), []byte(comparison(suite, run)), 0o644),
	)
}

// read parses a JSON file strictly. If the file is missing, target stays
// unchanged.
func read(file string, target any) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the record: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(file), err)
	}
	return nil
}

// marshal is json.Marshal without escapes for HTML.
func marshal(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}
