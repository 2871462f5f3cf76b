// Reads cases of {secret, headers, body} from the input and prints for each whether the npm library accepts it.
const { Webhook } = require("standardwebhooks");

const accepts = ({ secret, headers, body }) => {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};

console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8")).map(accepts)));
