-- +goose Up
CREATE TABLE account (
	name    TEXT PRIMARY KEY,
	balance INTEGER NOT NULL CHECK (balance >= 0)
);

INSERT INTO account (name, balance) VALUES ('ann', 100), ('bob', 100);

-- +goose Down
DROP TABLE account;
