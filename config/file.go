package config

// The types of this file are the format of larder.json, member for member.
// larder.schema.json describes them for editors, and a test holds the two
// together. Zero values are absent members; config.go says what they stand
// for.

type file struct {
	Schema      string        `larder:"$schema"`
	Name        string        `larder:"name"`
	Origins     []originFile  `larder:"origins,required,some"`
	Deadline    duration      `larder:"deadline"`
	Failures    failuresFile  `larder:"failures"`
	Breaker     breakerFile   `larder:"breaker"`
	Shield      *shieldFile   `larder:"shield"`
	Tenant      *tenantFile   `larder:"tenant"`
	CORS        *corsFile     `larder:"cors"`
	DebugHeader string        `larder:"debug_header,empty"`
	Secrets     secretsFile   `larder:"secrets"`
	Vault       *vaultFile    `larder:"vault"`
	Limits      limitsFile    `larder:"limits"`
	Unmatched   string        `larder:"unmatched" enum:"pass,reject"`
	Lifetimes   lifetimesFile `larder:"lifetimes"`
	Routes      []routeFile   `larder:"routes,required,some"`
}

type originFile struct {
	Name             string            `larder:"name,required"`
	Backend          string            `larder:"backend"`
	Host             string            `larder:"host,empty"`
	FirstByteTimeout duration          `larder:"first_byte_timeout"`
	BodyTimeout      duration          `larder:"body_timeout"`
	Headers          map[string]string `larder:"headers"`
	Retries          count             `larder:"retries"`
}

type failuresFile struct {
	Statuses []count `larder:"statuses"`
}

type breakerFile struct {
	Failures count    `larder:"failures"`
	Window   duration `larder:"window"`
	Pause    duration `larder:"pause"`
	MaxPause duration `larder:"max_pause"`
}

type shieldFile struct {
	Site             string   `larder:"site,required"`
	FirstByteTimeout duration `larder:"first_byte_timeout"`
	BodyTimeout      duration `larder:"body_timeout"`
	PurgeDelay       duration `larder:"purge_delay"`
}

type tenantFile struct {
	Query  string `larder:"query"`
	Header string `larder:"header"`
}

type corsFile struct {
	Origins []string `larder:"origins,required,some"`
	Headers []string `larder:"headers"`
	Expose  []string `larder:"expose"`
	MaxAge  duration `larder:"max_age"`
}

type secretsFile struct {
	Store string `larder:"store"`
	Name  string `larder:"name"`
}

type vaultFile struct {
	Store      string   `larder:"store"`
	Interval   duration `larder:"interval"`
	MaxAge     duration `larder:"max_age"`
	MaxBody    size     `larder:"max_body"`
	Superseded *bool    `larder:"superseded"`
}

type limitsFile struct {
	TaggedBody size `larder:"tagged_body"`
	PurgeBody  size `larder:"purge_body"`
}

type lifetimesFile struct {
	TTL                  lifetime `larder:"ttl"`
	StaleWhileRevalidate lifetime `larder:"stale_while_revalidate"`
	StaleIfError         lifetime `larder:"stale_if_error"`
	ClientTTL            duration `larder:"client_ttl"`
	NotFoundTTL          duration `larder:"not_found_ttl"`
	Heuristic            *bool    `larder:"heuristic"`
}

type routeFile struct {
	Name      string                      `larder:"name,required"`
	Path      Pattern                     `larder:"path,required"`
	Methods   []string                    `larder:"methods,some" enum:"GET,HEAD,QUERY"`
	Query     map[string]parameterDefault `larder:"query"`
	Bypass    map[string]string           `larder:"bypass,empty"`
	Headers   []string                    `larder:"headers"`
	Keys      []keyTemplate               `larder:"keys"`
	Items     []itemFile                  `larder:"items"`
	Lifetimes lifetimesFile               `larder:"lifetimes"`
}

type itemFile struct {
	Each string        `larder:"each,required,empty"`
	Keys []keyTemplate `larder:"keys,required,some"`
}
