package purge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fastly/compute-sdk-go/fsthttp"
)

// body is the JSON form of a purge request.
type body struct {
	keys          []string
	surrogateKeys []string // Fastly's name for keys
	hard          []string // keys that are purged hard, whatever soft says
	all           bool
	soft          *bool
	tenants       oneOrMore
	credentials   []string
	anonymous     bool
	vault         bool // all includes the vault's copies
	dryRun        bool // nothing is purged
}

// members are the names that a body's object may have, as they must be spelled.
var members = []string{"keys", "surrogate_keys", "hard", "all", "soft", "tenants", "credentials", "anonymous", "vault", "dry_run"}

// member returns where the value of a member goes, or nil if the name is unknown.
func (b *body) member(name string) any {
	switch name {
	case "keys":
		return &b.keys
	case "surrogate_keys":
		return &b.surrogateKeys
	case "hard":
		return &b.hard
	case "all":
		return &b.all
	case "soft":
		b.soft = new(bool)
		return b.soft
	case "tenants":
		return &b.tenants
	case "credentials":
		return &b.credentials
	case "anonymous":
		return &b.anonymous
	case "vault":
		return &b.vault
	case "dry_run":
		return &b.dryRun
	}
	return nil
}

// oneOrMore is a list of texts, which may be written as one text.
type oneOrMore []string

// UnmarshalJSON implements [json.Unmarshaler].
func (l *oneOrMore) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*l = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(l))
}

// readBody reads and decodes the body, which may have these members. An empty one is
// an empty request.
func (e *Endpoint) readBody(r *fsthttp.Request, members []string) (*body, error) {
	limit := e.Config.Limits.PurgeBody
	if n, err := strconv.ParseInt(r.Header.Get("Content-Length"), 10, 64); err == nil && n > limit {
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("Its body has %d bytes; at most %d are read.", n, limit))
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, problemBadRequest.WithDetail("Its body could not be read.").Because(err)
	}
	if int64(len(data)) > limit {
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("Its body has more than %d bytes.", limit))
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return &body{}, nil
	}
	return decodeBody(data, members)
}

// decodeBody reads the members one by one, since encoding/json accepts repeated
// members and names in another case, and lets the last one win. Its errors quote
// no values, which may be credentials.
func decodeBody(data []byte, members []string) (*body, error) {
	if !utf8.Valid(data) {
		return nil, problemBadRequest.WithDetail("Its body is not UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	first, err := d.Token()
	if err != nil {
		return nil, invalid(data, err)
	}
	if first != json.Delim('{') {
		return nil, problemBadRequest.WithDetail("Its body is JSON, but not an object.")
	}
	b, seen := &body{}, map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, invalid(data, err)
		}
		name, _ := token.(string) // nothing else is before a colon
		if seen[name] {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("The member %q of its body is there twice.", name))
		}
		seen[name] = true
		if !slices.Contains(members, name) {
			return nil, problemBadRequest.WithDetail(unknownMember(name, members))
		}
		into := b.member(name)
		if err := decodeValue(d, into); err != nil {
			return nil, misfit(data, name, into, err)
		}
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return nil, invalid(data, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, problemBadRequest.WithDetail("Its body goes on after the JSON object.")
	}
	return b, nil
}

var (
	errNull      = errors.New("null")
	errCharacter = errors.New("a character that is not valid Unicode")
)

// decodeValue reads the value that comes next.
func decodeValue(d *json.Decoder, into any) error {
	var list []string
	var err error
	switch into := into.(type) {
	case *bool:
		return decodeInto(d, into)
	case *oneOrMore:
		err = decodeInto(d, into)
		list = *into
	case *[]string:
		err = decodeInto(d, into)
		list = *into
	}
	for _, text := range list {
		// encoding/json turns half a surrogate pair into this character. No content
		// has such a key, so purging it would purge nothing.
		if err == nil && strings.ContainsRune(text, utf8.RuneError) {
			err = errCharacter
		}
	}
	return err
}

func decodeInto[T any](d *json.Decoder, into *T) error {
	var value *T // nil for null, which encoding/json accepts for any type
	err := d.Decode(&value)
	if err == nil && value == nil {
		err = errNull
	}
	if value != nil {
		*into = *value
	}
	return err
}

// misfit explains why a member's value is not valid.
func misfit(data []byte, name string, into any, err error) error {
	want := "a list of strings"
	if _, truth := into.(*bool); truth {
		want = "true or false"
	}
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return problemBadRequest.WithDetail(fmt.Sprintf("The member %q of its body has a JSON %s; want %s.", name, kind.Value, want)).Because(err)
	case errors.Is(err, errNull), errors.Is(err, errCharacter):
		return problemBadRequest.WithDetail(fmt.Sprintf("The member %q of its body has %v; want %s.", name, err, want))
	}
	return invalid(data, err)
}

// invalid explains an error of the decoder. The decoder does not know the offset
// in the whole body, so the body is parsed once more.
func invalid(data []byte, err error) error {
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(data, &json.RawMessage{}), &syntax) {
		return problemBadRequest.WithDetail(fmt.Sprintf("Its body is not JSON: byte %d: %v.", syntax.Offset, syntax)).Because(err)
	}
	return problemBadRequest.WithDetail("Its body is not acceptable JSON.").Because(err)
}

func unknownMember(name string, members []string) string {
	for _, known := range members {
		if strings.EqualFold(name, known) {
			return fmt.Sprintf("Its body has an unknown member %s; is %q meant?", quote(name), known)
		}
	}
	return "Its body has an unknown member " + quote(name) + "; known are " + strings.Join(members, ", ") + "."
}

// quote quotes a text from a request, shortened.
func quote(s string) string {
	const enough = 60
	if len(s) > enough {
		s = s[:enough] + "…"
	}
	return strconv.Quote(s)
}
