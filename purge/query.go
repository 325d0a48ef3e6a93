package purge

import (
	"fmt"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/resource"
)

// query is what the URL of a purge request says.
type query struct {
	// soft is nil where the URL does not say.
	soft *bool
	// credential is the tenant's, in the parameter in which content requests
	// carry it.
	credential string
}

// readQuery reads the query. Unknown parameters are refused: ignoring one could
// purge less than its sender meant.
func (e *Endpoint) readQuery(r *fsthttp.Request) (*query, error) {
	tenant := ""
	if e.Config.Tenant != nil {
		tenant = e.Config.Tenant.Query
	}
	_, raw := resource.Split(r.URL)
	q, seen := &query{}, map[string]bool{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = resource.Unescape(name, true), resource.Unescape(value, true)
		if seen[name] {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("The query parameter %s is there twice.", quote(name)))
		}
		seen[name] = true
		switch {
		case name == tenant && tenant != "":
			if value == "" {
				return nil, problemBadRequest.WithDetail(fmt.Sprintf("The query parameter %s is empty.", name))
			}
			q.credential = value
		case name != "soft":
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("The query parameter %s is unknown.", quote(name)))
		case value != "true" && value != "false":
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("The query parameter soft is %s; want true or false.", quote(value)))
		default:
			soft := value == "true"
			q.soft = &soft
		}
	}
	return q, nil
}

// softly returns whether the purge is soft. The query overrides the body.
func softly(inBody, inQuery *bool) bool {
	switch {
	case inQuery != nil:
		return *inQuery
	case inBody != nil:
		return *inBody
	}
	return true
}
