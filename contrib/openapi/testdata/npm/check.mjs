// Reads {document, values: [{schema, value}]} and prints {errors, verdicts}: what is wrong with the document, and for each value whether it is what
// the schema of that name says.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const { document, values } = JSON.parse(readFileSync(0, "utf8"));
const result = await new Validator().validate(structuredClone(document));
const errors = result.valid ? [] : [].concat(result.errors);

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
for (const name of ["int32", "int64", "float", "double", "mac", "ip"]) ajv.addFormat(name, true);
ajv.addSchema(document, "document");
const verdicts = values.map(({ schema, value }) => {
	const validate = ajv.getSchema(`document#/components/schemas/${schema}`);
	if (!validate) throw new Error(`there is no schema ${schema}`);
	return validate(value) ? "" : ajv.errorsText(validate.errors);
});
console.log(JSON.stringify({ errors, verdicts }));
