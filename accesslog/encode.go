package accesslog

import (
	"encoding/json"
	"strconv"
	"time"
)

// appendJSON appends the line as encoding/json would write it. It does not use
// that: every hit has a line, and encoding/json would study the type anew in each
// sandbox.
func (l *Line) appendJSON(to []byte) []byte {
	o := object(append(to, '{'))
	o.text("time", l.Time.Format(time.RFC3339Nano))
	o.optional("pop", l.POP)
	o.optional("version", l.Version)
	o.optional("id", l.ID)
	o.text("method", l.Method)
	o.optional("route", l.Route)
	o.text("path", l.Path)
	o.number("status", l.Status)
	o.text("cache", l.Cache)
	o.optional("detail", l.Detail)
	if l.FwdStatus != 0 {
		o.number("fwd_status", l.FwdStatus)
	}
	o.flag("stored", l.Stored)
	o.flag("collapsed", l.Collapsed)
	o.optional("stale", l.Stale)
	o.flag("purged", l.Purged)
	o.seconds("age", l.Age)
	o.seconds("ttl", l.TTL)
	o.milliseconds("ms", l.Milliseconds)
	o.number("bytes", int(l.Bytes))
	o.optional("origin", l.Origin)
	if l.Attempts != 0 {
		o.number("attempts", l.Attempts)
	}
	if l.OriginMilliseconds != 0 {
		o.milliseconds("origin_ms", l.OriginMilliseconds)
	}
	o.optional("tenant", l.Tenant)
	o.flag("edge", l.Edge)
	o.number("sample", l.Sample)
	return append(o, '}')
}

// object is a JSON object that is being written. Its names need no escaping.
type object []byte

func (o *object) name(name string) {
	if (*o)[len(*o)-1] != '{' {
		*o = append(*o, ',')
	}
	*o = append(append(append(*o, '"'), name...), '"', ':')
}

func (o *object) text(name, value string) {
	o.name(name)
	*o = appendText(*o, value)
}

// optional writes a text unless it is empty.
func (o *object) optional(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) number(name string, value int) {
	o.name(name)
	*o = strconv.AppendInt(*o, int64(value), 10)
}

// seconds writes a number unless it is nil.
func (o *object) seconds(name string, value *int64) {
	if value != nil {
		o.number(name, int(*value))
	}
}

// flag writes true, or nothing.
func (o *object) flag(name string, value bool) {
	if value {
		o.name(name)
		*o = append(*o, "true"...)
	}
}

func (o *object) milliseconds(name string, value Milliseconds) {
	o.name(name)
	*o = strconv.AppendFloat(*o, float64(value), 'f', -1, 64)
}

func appendText(to []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(text) // no text causes an error
			return append(to, quoted...)
		}
	}
	return append(append(append(to, '"'), text...), '"')
}
