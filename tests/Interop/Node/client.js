// Runs IBM's client, unchanged: what happens to it becomes a line of output, and each line of input is a call, as JSON arrays.
//   WIOTP_... node -r ./local-names.js client.js device|gateway|application
const { DeviceClient, DeviceConfig, GatewayClient, ApplicationClient, ApplicationConfig } = require('@wiotp/sdk');
const { GatewayConfig } = require('@wiotp/sdk/dist/gateway');

const makers = {
    device: () => new DeviceClient(DeviceConfig.parseEnvVars()),
    gateway: () => {
        const config = DeviceConfig.parseEnvVars();
        return new GatewayClient(new GatewayConfig(config.identity, config.auth, config.options));
    },
    application: () => new ApplicationClient(ApplicationConfig.parseEnvVars()),
};
const events = ['connect', 'reconnect', 'close', 'offline', 'error', 'command', 'deviceEvent', 'deviceCommand', 'deviceStatus', 'appStatus'];

const say = (...line) => console.log(line.map(part => Buffer.isBuffer(part) ? part.toString() : `${part}`).join('|'));
const client = makers[process.argv[2]]();
client.log.setLevel('silent');
events.forEach(event => client.on(event, (...values) => say(event, ...values)));
client.connect();
// Not every subscription of the client has a callback, and those it makes again after a reconnect have none.
client.mqtt.on('packetreceive', packet => packet.cmd === 'suback' && say('subscribed', packet.granted));

require('readline').createInterface({ input: process.stdin }).on('line', line => {
    const [method, ...values] = JSON.parse(line);
    if (method === 'drop') {
        // What a failing network does: no DISCONNECT is sent.
        client.mqtt.stream.destroy();
    } else if (method.startsWith('subscribe') || method.startsWith('publish')) {
        client[method](...values, error => say('done', method, error ? error.message : 'ok'));
    } else {
        client[method](...values);
    }
}).on('close', () => client.disconnect());
