-- Times are RFC 3339 text in UTC, so that they sort as they are.
CREATE TABLE tenants (
	name    TEXT PRIMARY KEY,
	changed TEXT NOT NULL -- the latest edit of anything the tenant has
) WITHOUT ROWID;

CREATE TABLE authors (
	tenant TEXT NOT NULL REFERENCES tenants,
	slug   TEXT NOT NULL,
	data   TEXT NOT NULL, -- the author as the API shows it, JSON
	PRIMARY KEY (tenant, slug)
) WITHOUT ROWID;

CREATE TABLE terms (
	tenant TEXT NOT NULL REFERENCES tenants,
	kind   TEXT NOT NULL CHECK (kind IN ('category', 'tag')),
	slug   TEXT NOT NULL,
	name   TEXT NOT NULL,
	PRIMARY KEY (tenant, kind, slug)
) WITHOUT ROWID;

CREATE TABLE posts (
	id                 INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant             TEXT NOT NULL REFERENCES tenants,
	slug               TEXT NOT NULL,
	title              TEXT NOT NULL,
	summary            TEXT NOT NULL,
	body               TEXT NOT NULL,
	seo_title          TEXT NOT NULL,
	meta_description   TEXT NOT NULL,
	featured_image     TEXT NOT NULL,
	featured_image_alt TEXT NOT NULL,
	author             TEXT NOT NULL,
	status             TEXT NOT NULL CHECK (status IN ('published', 'draft')),
	created            TEXT NOT NULL,
	updated            TEXT NOT NULL,
	published          TEXT, -- null until the post is published for the first time
	revision           INTEGER NOT NULL,
	UNIQUE (tenant, slug),
	FOREIGN KEY (tenant, author) REFERENCES authors (tenant, slug)
);
CREATE INDEX posts_by_date ON posts (tenant, status, published, id);
CREATE INDEX posts_by_author ON posts (tenant, author);

CREATE TABLE post_terms (
	post   INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
	kind   TEXT NOT NULL,
	slug   TEXT NOT NULL,
	PRIMARY KEY (post, kind, slug)
) WITHOUT ROWID;
CREATE INDEX post_terms_by_slug ON post_terms (kind, slug);

CREATE TABLE pages (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant    TEXT NOT NULL REFERENCES tenants,
	type      TEXT NOT NULL, -- '*' for a single page
	slug      TEXT NOT NULL,
	name      TEXT NOT NULL,
	fields    TEXT NOT NULL, -- JSON object
	status    TEXT NOT NULL CHECK (status IN ('published', 'draft')),
	updated   TEXT NOT NULL,
	published TEXT,
	revision  INTEGER NOT NULL,
	UNIQUE (tenant, type, slug)
);

CREATE TABLE items (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant     TEXT NOT NULL REFERENCES tenants,
	collection TEXT NOT NULL,
	fields     TEXT NOT NULL, -- JSON object
	status     TEXT NOT NULL CHECK (status IN ('published', 'draft')),
	updated    TEXT NOT NULL,
	revision   INTEGER NOT NULL
);
CREATE INDEX items_by_collection ON items (tenant, collection, id);
