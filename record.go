package dewar

import "slices"

// SetupState tells the functions given to [Blueprint.Record] how a blueprint is being registered.
type SetupState struct {
	// App is where the blueprint is registered. It may still be added to.
	App *App
	// Blueprint is the blueprint.
	Blueprint *Blueprint
	// Name is the name it gets, with those of the blueprints it is nested in: api.v1.
	Name string
	// URLPrefix is its whole prefix, or "".
	URLPrefix string
	// First tells whether it is the first registration of the blueprint in this App.
	First bool
}

// Record makes f run each time the blueprint is registered, before its routes are added: to add converters
// that they use, error handlers for the whole App, settings or anything else that needs the App. What a
// blueprint that is registered twice must do once, f does if s.First.
func (bp *Blueprint) Record(f func(s SetupState)) {
	bp.setup("Record")
	bp.recorded = append(bp.recorded, f)
}

// once records f for the first registration only.
func (bp *Blueprint) once(what string, f func(app *App)) {
	bp.setup(what)
	bp.recorded = append(bp.recorded, func(s SetupState) {
		if s.First {
			f(s.App)
		}
	})
}

// runRecorded calls what the blueprint of in has recorded.
func (app *App) runRecorded(in *instance) {
	first := !slices.ContainsFunc(app.blueprints, func(other *instance) bool { return other.bp == in.bp })
	state := SetupState{App: app, Blueprint: in.bp, Name: in.name, URLPrefix: in.prefix, First: first}
	for _, f := range in.bp.recorded {
		f(state)
	}
}

// AppContextProcessor adds functions whose values the templates of the whole app get. See
// [App.ContextProcessor].
func (bp *Blueprint) AppContextProcessor(processors ...ContextProcessor) {
	bp.once("AppContextProcessor", func(app *App) { app.ContextProcessor(processors...) })
}

// AppURLDefaults adds functions that complete the values given to URLFor for every endpoint. See
// [App.URLDefaults].
func (bp *Blueprint) AppURLDefaults(funcs ...URLDefaultsFunc) {
	bp.once("AppURLDefaults", func(app *App) { app.URLDefaults(funcs...) })
}

// AppURLValuePreprocessor adds functions that see the values of every matched rule. See
// [App.URLValuePreprocessor].
func (bp *Blueprint) AppURLValuePreprocessor(funcs ...URLValuePreprocessor) {
	bp.once("AppURLValuePreprocessor", func(app *App) { app.URLValuePreprocessor(funcs...) })
}
