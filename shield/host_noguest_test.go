//go:build !wasip1

package shield

import "testing"

func TestThereAreNoShieldsOutsideThePlatform(t *testing.T) {
	b := newBed()
	s := b.site()
	s.Host = Platform{}
	if s.Enabled() || s.Status().Error == "" {
		t.Errorf("the status is %+v", *s.Status())
	}
	if _, err := (Platform{}).Backend("target"); err == nil {
		t.Error("there is a backend")
	}
}
