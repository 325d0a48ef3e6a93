package main

import (
	"errors"
	"fmt"
)

// errException says that an exception does not fit the suite.
var errException = errors.New("wrong exception")

// exception says why some required or optimal cases do not pass.
type exception struct {
	Cases  []string `json:"cases"`
	Reason string   `json:"reason"` // with the evidence
	Spec   string   `json:"spec"`   // the section that decides, or ""
}

// reasons returns the reason per case id. The error wraps errException if a case
// is named twice, is unknown, or needs no exception because it is of kind check.
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
				return nil, fmt.Errorf("%w: %s is no case of the suite", errException, id)
			}
			if !known.graded() {
				return nil, fmt.Errorf("%w: %s is of kind %s, which nothing has to pass", errException, id, known.Kind)
			}
			byID[id] = one.Reason
		}
	}
	return byID, nil
}
