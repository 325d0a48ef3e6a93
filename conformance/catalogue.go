package main

// The kinds of case that the suite knows.
const (
	required = "required" // what RFC 9111 demands of a cache
	optimal  = "optimal"  // what makes a cache useful
	check    = "check"    // questions without a right answer
)

// testCase is one case of the suite.
type testCase struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	Surrogate bool   `json:"surrogate"` // belongs to the suite for Surrogate-Control
}

// graded reports whether failing the case is a defect.
func (c testCase) graded() bool { return c.Kind == required || c.Kind == optimal }

// catalogue is what the suite knows before it runs.
type catalogue struct {
	Cases []testCase `json:"cases"` // those for a shared cache
	// Published are results of other caches that come with the suite, run by
	// its authors.
	Published []published `json:"published"`
}

// published is another cache's result.
type published struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Results outcomes `json:"results"` // a case that was not run is missing
}

func (c catalogue) find(id string) (testCase, bool) {
	for _, one := range c.Cases {
		if one.ID == id {
			return one, true
		}
	}
	return testCase{}, false
}
