package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"

	"larder/config"
	"larder/internal/secret"
)

// authentication decides whether a request comes from the CMS. Secrets are
// compared in constant time, and no error shows a secret or a signature.
type authentication struct {
	hook    *config.Hook
	secrets []string
	request *Request
	now     time.Time
}

// header returns the value of a field that must be there exactly once. If there
// are two, one of them may not be the CMS's.
func (a *authentication) header(name string) (string, error) {
	values := a.request.Header.Values(name)
	switch {
	case len(values) == 0 || values[0] == "":
		return "", problemRefused.WithDetail(fmt.Sprintf("It has no header %s.", name))
	case len(values) > 1:
		return "", problemRefused.WithDetail(fmt.Sprintf("It has more than one header %s.", name))
	}
	return values[0], nil
}

// staticSecret authenticates by a header that the CMS sends with every
// webhook. Its value is the secret, or "Bearer " and the secret.
func (a *authentication) staticSecret() error {
	given, err := a.header(a.hook.Header)
	if err != nil {
		return err
	}
	var valid []string
	for _, s := range a.secrets {
		if s != "" {
			valid = append(valid, s, "Bearer "+s)
		}
	}
	if !secret.OneOf(given, valid) {
		return problemRefused.WithDetail(fmt.Sprintf("Its header %s does not have the secret.", a.hook.Header))
	}
	return nil
}

// signed checks an HMAC of the parts, one after the other. The
// signature must be written as the CMS writes it: hex in capitals is refused.
func (a *authentication) signed(given string, algorithm func() hash.Hash, encode func([]byte) string, parts ...[]byte) error {
	var valid []string
	for _, s := range a.secrets {
		if s == "" {
			continue
		}
		mac := hmac.New(algorithm, []byte(s))
		for _, part := range parts {
			mac.Write(part)
		}
		valid = append(valid, encode(mac.Sum(nil)))
	}
	if !secret.OneOf(given, valid) {
		return problemRefused.WithDetail("Its signature is not valid for this request and the hook's secret.")
	}
	return nil
}

// signedWithTime checks a header "t=TIME,v1=SIGNATURE". The signature is an
// HMAC-SHA256 of the time, a dot and the body.
func (a *authentication) signedWithTime(name string, encode func([]byte) string) error {
	header, err := a.header(name)
	if err != nil {
		return err
	}
	at, signature, err := halves(header, "t=", ",v1=")
	if err != nil {
		return err
	}
	if err := a.timely(at); err != nil {
		return err
	}
	return a.signed(signature, sha256.New, encode, []byte(at+"."), a.request.Body)
}

// timely checks the time of signing, in milliseconds since 1970.
func (a *authentication) timely(milliseconds string) error {
	n, err := strconv.ParseUint(milliseconds, 10, 53)
	if err != nil {
		return problemRefused.WithDetail("The time of its signature is not a number.")
	}
	off := a.now.Sub(time.UnixMilli(int64(n)))
	if off.Abs() > a.hook.Tolerance {
		return problemRefused.WithDetail(fmt.Sprintf("It was signed %s from now; the hook's tolerance is %s.", off.Abs().Round(time.Second), a.hook.Tolerance))
	}
	return nil
}

// halves returns the two values of a header, each of which follows a fixed text.
func halves(header, first, second string) (a, b string, err error) {
	after, begins := strings.CutPrefix(header, first)
	a, b, both := strings.Cut(after, second)
	if !begins || !both {
		return "", "", problemRefused.WithDetail(fmt.Sprintf("Its signature does not have the form %s…%s….", first, second))
	}
	return a, b, nil
}

func hexadecimal(b []byte) string { return hex.EncodeToString(b) }
