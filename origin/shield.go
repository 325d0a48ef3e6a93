package origin

import (
	"errors"

	"larder/config"
	"larder/shield"
)

// The shield is asked like an origin with a circuit of its own, which is about
// the shield alone: a shield that has no answer because the origins fail is
// itself reachable.

var (
	// errNoShield: something else than Larder answered, or the token was
	// refused.
	errNoShield = errors.New("the answer is not a shield's")
	// errShieldFailed: the shield asked, and no origin answered.
	errShieldFailed = errors.New("the shield has no answer")
)

// shield returns the shield as an origin, or nil if it must not be asked.
func (c *Client) shield() *config.Origin {
	if c.Shield == nil || c.Disabled != nil && c.Disabled(config.ShieldName) {
		return nil
	}
	return c.Shield()
}

// fromShield moves what the shield says of its answer out of the header.
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
