package main

import (
	"errors"
	"fmt"
	"io"
)

// An error's first line says what is wrong, after "error:", and a second one
// what to do about it, after "hint:". Both are plain sentences without a full
// stop.

// userError is an error with a remedy.
type userError struct{ message, hint string }

func (e *userError) Error() string { return e.message }

// explainError tells the user about err. There is nothing to be done when
// that fails too.
func explainError(w io.Writer, err error) {
	fmt.Fprintln(w, "error:", err)
	var withHint *userError
	if errors.As(err, &withHint) && withHint.hint != "" {
		fmt.Fprintln(w, "hint:", withHint.hint)
	}
}
