// Loaded before the client (node -r): makes names below localhost mean this machine where the system's resolver does not.
const dns = require('dns');

const lookup = dns.lookup;
dns.lookup = (name, options, callback) =>
    lookup(name.endsWith('.messaging.localhost') ? '127.0.0.1' : name, options, callback);
