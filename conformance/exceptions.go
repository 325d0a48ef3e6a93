package main

import (
	"errors"
	"fmt"
)

// errException means that an exception does not match the suite.
var errException = errors.New("wrong exception")

// exception is the reason why some required or optimal cases do not pass.
type exception struct {
	Cases  []string `json:"cases"`
	Reason string   `json:"reason"` // with the evidence
	Spec   string   `json:"spec"`   // the relevant section, or ""
}

// reasons returns the reason for each case ID. The error wraps errException if a
// case is named twice, is unknown, or needs no exception because its kind is
// check.
func reasons(exceptions []exception, suite catalogue) (map[string]string, error) {
	byID := make(map[string]string)
	for _, one := range exceptions {
		if one.Reason == "" {
			return nil, fmt.Errorf("%w: %v: no reason", errException, one.Cases)
		}
		for _, id := range one.Cases {
			if _, again := byID[id]; again {
				return nil, fmt.Errorf("%w: %s is named twice", errException, id)
			}
			known, ok := suite.find(id)
			if !ok {
				return nil, fmt.Errorf("%w: %s is not a case of the suite", errException, id)
			}
			if !known.graded() {
				return nil, fmt.Errorf("%w: %s has the kind %s, which needs no reason", errException, id, known.Kind)
			}
			byID[id] = one.Reason
		}
	}
	return byID, nil
}
