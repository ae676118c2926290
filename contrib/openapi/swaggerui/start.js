// Neither a validator nor anything else of another site is asked.
window.ui = SwaggerUIBundle({
	url: document.getElementById("swagger-ui").dataset.document,
	dom_id: "#swagger-ui",
	deepLinking: true,
	validatorUrl: null,
	docExpansion: "list",
	defaultModelRendering: "model",
	presets: [SwaggerUIBundle.presets.apis],
});
