-- +goose Up
CREATE TABLE transfer (
	id       INTEGER PRIMARY KEY,
	sender   TEXT NOT NULL REFERENCES account (name),
	receiver TEXT NOT NULL REFERENCES account (name),
	amount   INTEGER NOT NULL CHECK (amount > 0),
	created  TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX transfer_sender ON transfer (sender);

-- +goose Down
DROP TABLE transfer;
