// Reads cases of {secret, signature, body} from the input and prints for each whether LINE's own library accepts it.
const { validateSignature } = require("@line/bot-sdk");

const accepts = ({ secret, signature, body }) => validateSignature(body, secret, signature);

console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8")).map(accepts)));
