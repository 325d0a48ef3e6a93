package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestTRACEAndCONNECTAreNotPassedOn(t *testing.T) {
	edge, origin := beginScripted(t)
	for _, method := range []string{"TRACE", "TRACK", "CONNECT"} {
		t.Run(method, func(t *testing.T) {
			for _, path := range []string{"/things/a/", "/things/a/?preview=1"} {
				got := edge.raw(t, method+" "+path+" HTTP/1.1\r\nHost: edge.example\r\nX-Echo: me\r\nConnection: close\r\n\r\n")
				if got.status == http.StatusOK || strings.Contains(string(got.body), "X-Echo") {
					t.Errorf("%s: %v", path, got)
				}
				if method != "CONNECT" { // with which Viceroy itself may have no patience
					got.wantProblem(t, http.StatusMethodNotAllowed, "method-not-allowed")
				}
			}
			if n := len(origin.requests("/things/a/")); n != 0 {
				t.Errorf("the origin received %d requests", n)
			}
		})
	}
}
