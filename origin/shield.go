package origin

import (
	"errors"

	"larder/config"
	"larder/shield"
)

// The shield is asked like an origin with a circuit of its own, which is about
// the shield alone: a shield that has nothing to give because the origins fail
// is well itself.

var (
	// errNoShield: what answered is not Larder, or has refused the token.
	errNoShield = errors.New("the answer is not a shield's")
	// errShieldFailed: the shield has tried, and found no origin that answers.
	errShieldFailed = errors.New("the shield has no answer")
)

// shield returns the way to the shield, or nil where it is not to be asked.
func (c *Client) shield() *config.Origin {
	if c.Shield == nil || c.Disabled != nil && c.Disabled(config.ShieldName) {
		return nil
	}
	return c.Shield()
}

// fromShield takes what the shield says of its answer out of the header.
func fromShield(resp *Response) error {
	answer, ok := shield.ParseAnswer(resp.Header.Get(shield.AnswerField))
	if !ok {
		return errNoShield
	}
	if answer.State == shield.Failed {
		return errShieldFailed
	}
	resp.Shield, resp.ShieldStatus = &answer, resp.Header.Get(shield.StatusField)
	delete(resp.Header, shield.AnswerField)
	delete(resp.Header, shield.StatusField)
	if hint, ok := resp.Header[shield.HintField]; ok {
		resp.Header["X-Compress-Hint"] = hint
		delete(resp.Header, shield.HintField)
	}
	return nil
}

// shieldAlive reports whether an attempt shows that the shield is well: it has
// answered as one to the end, whatever the origins have made it say.
func shieldAlive(e outcome) bool {
	return e.resp != nil || errors.Is(e.err, errShieldFailed) || errors.Is(e.err, ErrNotAccepted) && !unfinished(e.err)
}
