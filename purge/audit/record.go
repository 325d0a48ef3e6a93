package audit

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Source is the way by which a purge came.
type Source string

// The sources.
const (
	Endpoint  Source = "endpoint"   // POST /_larder/purge
	FastlyAPI Source = "fastly_api" // Fastly's purge API
	Method    Source = "PURGE"      // the method
	Hook      Source = "hook"       // a CMS's webhook
)

// Results of purges. Any other is the name of a problem.
const (
	OK      = "ok"
	Ignored = "ignored" // a webhook that concerned nothing
	DryRun  = "dry_run" // a request that asked what would be purged
)

// Record is one purge.
type Record struct {
	Time time.Time `json:"time"`
	// ID of the request, which its answer has too.
	ID     string `json:"id"`
	Source Source `json:"source"`
	// Hook is the hook's name, and Token the name of the sender's token.
	Hook   string `json:"hook,omitempty"`
	Token  string `json:"token,omitempty"`
	Result string `json:"result"`
	// Tenants whose content was purged: the first characters of their IDs,
	// "anonymous", or "all". None if the service has no tenants.
	Tenants []string `json:"tenants,omitempty"`
	// Soft says how Keys, All and URL were purged.
	Soft bool `json:"soft"`
	// Keys and Hard are keys as the sender named them. Hard ones were purged hard,
	// whatever Soft says.
	Keys []string `json:"keys,omitempty"`
	Hard []string `json:"hard,omitempty"`
	// Named is how many keys there were, if there were more than the lists have.
	Named int `json:"named,omitempty"`
	// All says that everything was purged, and Vault that this includes the vault.
	All   bool `json:"all,omitempty"`
	Vault bool `json:"vault,omitempty"`
	// URL is the path of the URL that was purged.
	URL string `json:"url,omitempty"`
}

const (
	// maxListed is how many keys and tenants a record names of each kind.
	maxListed = 16
	// maxText is the longest text in a record, in bytes.
	maxText = 128
)

// bounded returns the record with its lists and texts cut to their bounds.
func (r Record) bounded() Record {
	if named := len(r.Keys) + len(r.Hard); len(r.Keys) > maxListed || len(r.Hard) > maxListed {
		r.Named = named
	}
	r.Keys, r.Hard, r.Tenants = listed(r.Keys), listed(r.Hard), listed(r.Tenants)
	r.URL = shortened(r.URL)
	return r
}

func listed(texts []string) []string {
	var short []string
	for _, text := range texts[:min(len(texts), maxListed)] {
		short = append(short, shortened(text))
	}
	return short
}

// shortened cuts a long text between two characters.
func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for end > maxText-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.Clone(text[:end]) + "…"
}
