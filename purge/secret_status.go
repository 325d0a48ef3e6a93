package purge

// TokenStatus describes the purge tokens, for the operator.
type TokenStatus struct {
	// Accepted is how many authenticate. TooShort have fewer than [MinSecret]
	// characters, and Malformed are not valid: neither authenticates.
	Accepted  int `json:"accepted"`
	TooShort  int `json:"too_short"`
	Malformed int `json:"malformed"`
	// Error is the reason why they cannot be read.
	Error string `json:"error,omitempty"`
}

// HookStatus describes the secrets of one hook, for the operator.
type HookStatus struct {
	Name string `json:"name"`
	// Secrets is how many authenticate, and TooShort how many do not because
	// they have fewer than [MinSecret] characters.
	Secrets  int `json:"secrets"`
	TooShort int `json:"too_short"`
	// Error is the reason why they cannot be read.
	Error string `json:"error,omitempty"`
}

// Status reads the secrets and counts them.
func (s *Secrets) Status() (TokenStatus, []HookStatus) {
	hooks := make([]HookStatus, len(s.Hooks))
	for i := range s.Hooks {
		hooks[i].Name = s.Hooks[i].Name
	}
	read, err := s.Secret()
	if err != nil {
		for i := range hooks {
			hooks[i].Error = err.Error()
		}
		return TokenStatus{Error: err.Error()}, hooks
	}
	for i := range hooks {
		secrets, err := read.hook(hooks[i].Name)
		hooks[i].Secrets, hooks[i].TooShort = len(secrets.valid), secrets.short
		if err != nil {
			hooks[i].Error = err.Error()
		}
	}
	list, err := read.tokens()
	if err != nil {
		return TokenStatus{Error: err.Error()}, hooks
	}
	return TokenStatus{Accepted: len(list.tokens), TooShort: list.short, Malformed: len(list.faults)}, hooks
}
