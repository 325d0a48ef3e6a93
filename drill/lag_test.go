package main

import (
	"net/http"
	"testing"
)

func TestTheVaultMayGiveNeitherDeletedNorUnmarkedOldContent(t *testing.T) {
	const edited, removed = 0, 1
	served := func(i int, edition int64, detail string) answer {
		return answer{status: http.StatusOK, body: item(vaultPath(i), edition), header: http.Header{"Cache-Status": {`Larder; fwd=uri-miss; detail="` + detail + `"`}}}
	}
	missing := answer{status: http.StatusServiceUnavailable}
	for _, c := range []struct {
		name  string
		item  int
		got   answer
		wrong bool
	}{
		{"an edited item is served as it is now", edited, served(edited, 2, "vault"), false},
		{"an edited item is old and marked", edited, served(edited, 1, "vault-superseded"), false},
		{"an edited item is old and passes for current", edited, served(edited, 1, "vault"), true},
		{"an edited item has no copy", edited, missing, true},
		{"a deleted item has no copy", removed, missing, false},
		{"a deleted item comes back", removed, served(removed, 1, "vault-superseded"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v vaulted
			v.add(c.item, c.got)
			if wrong := len(v.wrong) > 0; wrong != c.wrong {
				t.Errorf("wrong is %t, want %t: %v", wrong, c.wrong, v)
			}
		})
	}
}
