package hook

import (
	"fmt"
	"slices"
	"testing"
)

// A renamed item loses its old keys, in whatever form a sender says what it was
// before.
func TestAGenericHookPurgesWhatItsItemsWereBefore(t *testing.T) {
	for _, c := range []struct {
		name, item, before string
		hard               []string
		ignored            bool
	}{
		{"an object", `{"id":"x"}`, `{"id":"y"}`, []string{"product:y"}, false},
		{"identities", `"x"`, `"y"`, []string{"product:y"}, false},
		{"an identity and an object", `"x"`, `{"id":"y"}`, []string{"product:y"}, false},
		{"lists", `[{"id":"x"},{"id":"z"}]`, `[{"id":"y"},{"id":"z"}]`, []string{"product:y"}, false},
		{"a list of one", `{"id":"x"}`, `["y"]`, []string{"product:y"}, false},
		{"nothing", `{"id":"x"}`, `null`, nil, false},
		{"too few to tell", `["x","z"]`, `["y"]`, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"event":"product.updated","kind":"product","data":%s,"old":%s}`, c.item, c.before)
			hook, q := hookOf(t, genericHook), request(body)
			sign(q, hook, testSecret, now)
			got, err := Receive(hook, []string{testSecret}, q, now)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Hard, c.hard) || !slices.Contains(got.Soft, "product:x") || len(got.Ignored) > 0 != c.ignored {
				t.Errorf("got %+v", got)
			}
		})
	}
}
