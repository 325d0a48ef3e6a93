package purge

import (
	"encoding/json"
	"net/http"
	"strings"

	"larder/problem"
	"larder/purge/audit"
)

// RequestIDField is the field with the ID by which the audit line of a purge can be
// found.
const RequestIDField = "Larder-Request-Id"

// recorded lets do carry out a purge of a sender that is known, and records it. do
// completes the record with what is purged.
func (e *Endpoint) recorded(record audit.Record, do func(*audit.Record) (any, func(), error)) (any, func(), error) {
	record.Time, record.ID, record.Result = e.Now().UTC(), e.NewID(), audit.OK
	answer, later, err := do(&record)
	if err != nil {
		d := problem.From(err)
		record.Result = strings.TrimPrefix(d.Type, problem.TypePrefix)
		e.Audit.Record(record)
		return nil, later, d.WithHeader(RequestIDField, record.ID)
	}
	e.Audit.Record(record)
	return identified{answer, record.ID}, later, nil
}

// describe completes a record with what a request purges.
func (e *Endpoint) describe(record *audit.Record, r *Request) {
	record.Tenants = e.ownerNames(r.scopes)
	record.Soft, record.Keys, record.Hard, record.All, record.Vault = r.soft, r.keys, r.hard, r.all, r.vault
}

// ownerNames names whose content scopes are, for a record.
func (e *Endpoint) ownerNames(scopes []scope) []string {
	if e.Config.Tenant == nil {
		return nil
	}
	var owners []string
	for _, s := range scopes {
		switch {
		case s.everyone:
			owners = append(owners, "all")
		case s.prefix == "":
			owners = append(owners, "anonymous")
		default:
			owners = append(owners, tenantDigits(s.prefix))
		}
	}
	return owners
}

// identified is an answer with the ID of its request in the header.
type identified struct {
	answer any
	id     string
}

// MarshalJSON implements [json.Marshaler].
func (a identified) MarshalJSON() ([]byte, error) { return json.Marshal(a.answer) }

// Header returns the additional fields of the answer.
func (a identified) Header() http.Header { return http.Header{RequestIDField: {a.id}} }

// Status returns the answer's own status, or 200.
func (a identified) Status() int {
	if own, ok := a.answer.(interface{ Status() int }); ok {
		return own.Status()
	}
	return http.StatusOK
}
