// Package compile turns a larder.json into Go source, which a build compiles
// into the Wasm in place of the repository's configuration.go. So the program
// holds the checked configuration as data that the linker has laid out, and a
// sandbox starts without reading or checking anything.
//
// It runs natively only; [Source] is its one function.
package compile

import (
	"crypto/sha256"
	"fmt"
	"go/format"
	"reflect"
	"strings"

	"larder/config"
)

// Source checks a larder.json and returns the Go file that declares its
// configuration and the file's SHA-256. A file with mistakes has no source;
// the error is that of [config.Parse].
func Source(larderJSON []byte) ([]byte, error) {
	checked, err := config.Parse(larderJSON)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	fmt.Fprintf(&text, `// Code generated from larder.json by "larder build". DO NOT EDIT.

package main

import (
	"time"

	"larder/config"
	"larder/surrogate"
)

// Not every configuration uses these packages.
const (
	_ time.Duration      = 0
	_ surrogate.Template = ""
)

var configurationSum = "%x"

var configuration = `, sha256.Sum256(larderJSON))
	literal(&text, reflect.ValueOf(checked))
	text.WriteString("\n")
	source, err := format.Source([]byte(text.String()))
	if err != nil {
		return nil, fmt.Errorf("format the compiled configuration: %w", err)
	}
	return source, nil
}

// literal writes a value as a Go expression. It covers what a configuration is
// made of; source of anything else would not compile.
func literal(text *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		text.WriteString("&")
		literal(text, v.Elem())
	case reflect.Struct:
		fmt.Fprintf(text, "%s{\n", v.Type())
		for field, value := range v.Fields() {
			if value.IsZero() {
				continue
			}
			fmt.Fprintf(text, "%s: ", field.Name)
			literal(text, value)
			text.WriteString(",\n")
		}
		text.WriteString("}")
	case reflect.Slice:
		fmt.Fprintf(text, "%s{", v.Type())
		for i := range v.Len() {
			literal(text, v.Index(i))
			text.WriteString(", ")
		}
		text.WriteString("}")
	default:
		// Strings, numbers, and maps of strings, which print sorted by key.
		fmt.Fprintf(text, "%#v", v)
	}
}
