package main

// The kinds of case in the suite.
const (
	required = "required" // requirements of RFC 9111
	optimal  = "optimal"  // desirable behaviour
	check    = "check"    // questions without a right answer
)

// testCase is one case of the suite.
type testCase struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	Surrogate bool   `json:"surrogate"` // part of the Surrogate-Control suite
}

// graded reports whether failing the case is a defect.
func (c testCase) graded() bool { return c.Kind == required || c.Kind == optimal }

// catalogue lists the suite's cases.
type catalogue struct {
	Cases []testCase `json:"cases"` // those for a shared cache
	// Published are results of other caches, measured by the suite's authors.
	Published []published `json:"published"`
}

// published is the result of another cache.
type published struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Results outcomes `json:"results"` // without the cases that were not run
}

func (c catalogue) find(id string) (testCase, bool) {
	for _, one := range c.Cases {
		if one.ID == id {
			return one, true
		}
	}
	return testCase{}, false
}
