package origin

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/fastly/compute-sdk-go/fsthttp"
)

func TestARequestThatCannotBeBuiltIsItsOwnFailureAndShowsNoCredential(t *testing.T) {
	_, err := Fastly{}.Send(t.Context(), "a", &Request{Method: "GET", Host: "a.example", Path: "/%zz", Query: "auth_token=secret"})
	if !errors.Is(err, ErrRequest) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestClassify(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want error // nil for none
	}{
		{"a connection that takes too long", fsthttp.SendError{Tag: fsthttp.SendErrorConnectionTimeout}, ErrTimeout},
		{"an answer that takes too long", fsthttp.SendError{Tag: fsthttp.SendErrorHTTPResponseTimeout}, ErrTimeout},
		{"a name that takes too long", fsthttp.SendError{Tag: fsthttp.SendErrorDNSTimeout}, ErrTimeout},
		{"a URI that the platform refuses", fsthttp.SendError{Tag: fsthttp.SendErrorHTTPRequestURIInvalid}, ErrRequest},
		{"an answer that is not HTTP", fsthttp.SendError{Tag: fsthttp.SendErrorHTTPProtocolError}, errMalformed},
		{"a header section that is too large", fsthttp.SendError{Tag: fsthttp.SendErrorHTTPResponseHeaderSectionTooLarge}, errMalformed},
		{"a refused connection", fsthttp.SendError{Tag: fsthttp.SendErrorConnectionRefused}, nil},
		{"a wrong certificate", fsthttp.SendError{Tag: fsthttp.SendErrorTLSCertificateError}, nil},
		{"an error of another kind", errReset, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := classify(fmt.Errorf("poll: %w", test.err))
			if !errors.Is(got, test.err) {
				t.Errorf("%v does not wrap its cause", got)
			}
			for _, sentinel := range []error{ErrTimeout, ErrRequest, errMalformed} {
				want := test.want == sentinel
				if errors.Is(got, sentinel) != want {
					t.Errorf("%v is %q: %v", got, sentinel, !want)
				}
			}
		})
	}
	if got := classify(&url.Error{Op: "parse", URL: "http://a/?auth_token=secret", Err: errReset}); strings.Contains(got.Error(), "secret") {
		t.Errorf("got %v", got)
	}
}
