package purge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	tenants       []string
	credentials   []string
	anonymous     bool
	vault         bool // all includes the vault's copies
}

// members are the names that a body's object may have, as they must be spelled.
var members = []string{"keys", "surrogate_keys", "hard", "all", "soft", "tenants", "credentials", "anonymous", "vault"}

// member returns where the value of a member goes, or nil where there is none of
// this name.
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
		return &b.soft
	case "tenants":
		return &b.tenants
	case "credentials":
		return &b.credentials
	case "anonymous":
		return &b.anonymous
	case "vault":
		return &b.vault
	}
	return nil
}

// readBody reads and decodes the body. An empty one is an empty request.
func (e *Endpoint) readBody(r *fsthttp.Request) (*body, error) {
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
	return decodeBody(data)
}

// decodeBody reads the members one by one, since encoding/json would take a
// repeated member, or one in another case, in place of the one before it.
func decodeBody(data []byte) (*body, error) {
	if !utf8.Valid(data) {
		return nil, problemBadRequest.WithDetail("Its body is not UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	var object json.RawMessage
	if err := d.Decode(&object); err != nil {
		return nil, problemBadRequest.WithDetail(explain(err)).Because(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, problemBadRequest.WithDetail("Its body goes on after the JSON object.")
	}
	if kind := kindOf(object); kind != "object" {
		return nil, problemBadRequest.WithDetail(fmt.Sprintf("Its body is a JSON %s; want an object.", kind))
	}
	b, seen := &body{}, map[string]bool{}
	d = json.NewDecoder(bytes.NewReader(object))
	_, _ = d.Token() // the opening brace of JSON that is known to be valid
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, problemBadRequest.WithDetail(explain(err)).Because(err)
		}
		name, _ := token.(string) // nothing else is before a colon
		if seen[name] {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("The member %q of its body is there twice.", name))
		}
		seen[name] = true
		if err := b.decodeMember(d, name); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// decodeMember reads the value that comes next.
func (b *body) decodeMember(d *json.Decoder, name string) error {
	into := b.member(name)
	if into == nil {
		return problemBadRequest.WithDetail(unknownMember(name))
	}
	var value json.RawMessage
	err := d.Decode(&value)
	if err == nil && kindOf(value) == "null" {
		return problemBadRequest.WithDetail(fmt.Sprintf("The member %q of its body is null; want %s.", name, want(into)))
	}
	if err == nil {
		err = json.Unmarshal(value, into)
	}
	if err != nil {
		return problemBadRequest.WithDetail(fmt.Sprintf("The member %q of its body is %s; want %s.", name, got(value, into), want(into))).Because(err)
	}
	texts, ok := into.(*[]string)
	if !ok {
		return nil
	}
	for i, text := range *texts {
		// What encoding/json makes of half a surrogate pair. It is no content's
		// key, so purging it would purge nothing.
		if strings.ContainsRune(text, utf8.RuneError) {
			return problemBadRequest.WithDetail(fmt.Sprintf("The member %q of its body: text %d has a character that is not valid Unicode.", name, i+1))
		}
	}
	return nil
}

func unknownMember(name string) string {
	for _, known := range members {
		if strings.EqualFold(name, known) {
			return fmt.Sprintf("Its body has an unknown member %s; is %q meant?", quote(name), known)
		}
	}
	return "Its body has an unknown member " + quote(name) + "; known are " + strings.Join(members, ", ") + "."
}

// explain says what is wrong with the JSON without quoting it: it may contain
// credentials.
func explain(err error) string {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("Its body is not JSON: byte %d: %v.", syntax.Offset, syntax)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "Its body is not JSON: it ends too early."
	}
	return "Its body is not acceptable JSON."
}

// got says what a member's value is that does not fit.
func got(value json.RawMessage, into any) string {
	kind := kindOf(value)
	if _, list := into.(*[]string); list && kind == "array" {
		return "a list with other values"
	}
	return "a JSON " + kind
}

func want(into any) string {
	if _, list := into.(*[]string); list {
		return "a list of strings"
	}
	return "true or false"
}

// kindOf names the kind of a JSON value by its first character.
func kindOf(value json.RawMessage) string {
	switch value[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

// quote quotes what a request says, shortened.
func quote(s string) string {
	const enough = 60
	if len(s) > enough {
		s = s[:enough] + "…"
	}
	return strconv.Quote(s)
}
