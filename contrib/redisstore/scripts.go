package redisstore

import _ "embed"

var (
	//go:embed create.lua
	createText string
	//go:embed update.lua
	updateText string
	//go:embed claim.lua
	claimText string
	//go:embed raise.lua
	raiseText string

	createScript = newScript(createText)
	updateScript = newScript(updateText)
	claimScript  = newScript(claimText)
	raiseScript  = newScript(raiseText)
)
