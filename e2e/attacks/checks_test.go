package attacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dunglas/httpsfv"
)

// check is what must hold after a step.
type check struct {
	says  string
	holds func(r *run, got answer) bool
}

func must(checks ...check) []check { return checks }

// status wants one of these. 0 is a connection that was closed without a
// response.
func status(want ...int) check {
	return check{fmt.Sprintf("status in %v", want), func(_ *run, got answer) bool { return slices.Contains(want, got.status) }}
}

// problem wants an error of Larder's own, by its name in docs/errors.md.
func problem(name string) check {
	return check{"problem " + name, func(_ *run, got answer) bool {
		return got.header.Get("Content-Type") == "application/problem+json" && strings.Contains(got.body, `"urn:larder:problem:`+name+`"`)
	}}
}

// refused wants a 4xx, or no response at all: what is in front of the guest
// refuses some requests by itself.
var refused = check{"refused", func(_ *run, got answer) bool { return got.status == 0 || got.status/100 == 4 }}

// hit wants a response from the cache.
var hit = check{"hit", func(_ *run, got answer) bool { return got.status != 0 && isHit(got) }}

// notHit wants a response that the origin has just given or confirmed, or none.
var notHit = check{"not a hit", func(_ *run, got answer) bool { return !isHit(got) }}

// isHit reads Larder's own member of Cache-Status, the last (RFC 9211).
func isHit(got answer) bool {
	list, err := httpsfv.UnmarshalList(got.header.Values("Cache-Status"))
	if err != nil || len(list) == 0 {
		return false
	}
	item, ok := list[len(list)-1].(httpsfv.Item)
	if !ok {
		return false
	}
	value, _ := item.Params.Get("hit")
	set, _ := value.(bool)
	return set
}

// notStored wants a response that is not kept.
var notStored = check{"not stored", func(_ *run, got answer) bool {
	return !strings.Contains(got.header.Get("Cache-Status"), "; stored") && !isHit(got)
}}

func bodyHas(part string) check {
	return check{fmt.Sprintf("body has %q", part), func(_ *run, got answer) bool { return strings.Contains(got.body, part) }}
}

func bodyLacks(part string) check {
	return check{fmt.Sprintf("body lacks %q", part), func(_ *run, got answer) bool { return !strings.Contains(got.body, part) }}
}

// same wants the body of an earlier step, counted from 0.
func same(step int) check {
	return check{fmt.Sprintf("the body of step %d", step), func(r *run, got answer) bool { return got.body == r.answers[step].body && got.body != "" }}
}

// differs wants another body than that of an earlier step.
func differs(step int) check {
	return check{fmt.Sprintf("another body than step %d", step), func(r *run, got answer) bool { return got.body != r.answers[step].body }}
}

// header wants the field, with this part in its value.
func header(name, part string) check {
	return check{fmt.Sprintf("%s has %q", name, part), func(_ *run, got answer) bool {
		return strings.Contains(strings.Join(got.header.Values(name), ", "), part)
	}}
}

// headerLacks wants no such part in the field. "" is the absence of the field.
func headerLacks(name, part string) check {
	return check{fmt.Sprintf("%s lacks %q", name, part), func(_ *run, got answer) bool {
		values := got.header.Values(name)
		return len(values) == 0 || part != "" && !strings.Contains(strings.Join(values, ", "), part)
	}}
}

// complete wants a body that did not break off.
var complete = check{"a whole body", func(_ *run, got answer) bool { return !got.cut }}

// originGot wants this number of requests at the origin since the case began.
func originGot(n int) check {
	return check{fmt.Sprintf("%d requests at the origin", n), func(r *run, _ answer) bool { return len(r.edge.origin.requests()) == n }}
}

// originGotAtMost bounds their number.
func originGotAtMost(n int) check {
	return check{fmt.Sprintf("%d requests at the origin at most", n), func(r *run, _ answer) bool { return len(r.edge.origin.requests()) <= n }}
}

// originNever wants no request at the origin with this text in its request
// line, host, header ("Name: value") or body. Upper and lower case are the same.
func originNever(part string) check {
	return check{fmt.Sprintf("the origin never received %q", part), func(r *run, _ answer) bool {
		return !slices.ContainsFunc(r.edge.origin.requests(), func(q string) bool { return containsFold(q, part) })
	}}
}

// originSaw wants this text in the last request at the origin.
func originSaw(part string) check {
	return check{fmt.Sprintf("the origin received %q", part), func(r *run, _ answer) bool {
		all := r.edge.origin.requests()
		return len(all) > 0 && containsFold(all[len(all)-1], part)
	}}
}

// neverLogged wants no such text in the edge's log since the case began.
func neverLogged(part string) check {
	return check{fmt.Sprintf("the log lacks %q", part), func(r *run, _ answer) bool {
		return !strings.Contains(r.edge.log.Since(r.logged), part)
	}}
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}
