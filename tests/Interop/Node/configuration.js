// Prints what IBM's client makes of the configuration it is given: one line of JSON, or one with the error.
//   node configuration.js device|gateway|application [file.yaml]
const { DeviceConfig, ApplicationConfig } = require('@wiotp/sdk');
const { GatewayConfig } = require('@wiotp/sdk/dist/gateway');

const [role, file] = process.argv.slice(2);
const kinds = { device: DeviceConfig, gateway: DeviceConfig, application: ApplicationConfig };
try {
    let config = file ? kinds[role].parseConfigFile(file) : kinds[role].parseEnvVars();
    if (role === 'gateway') {
        // The client has no way of its own to read a gateway's configuration: its readers make devices.
        config = new GatewayConfig(config.identity, config.auth, config.options);
    }

    const mqtt = config.getMqttConfig();
    console.log(JSON.stringify({
        clientId: config.getClientId(), host: config.getMqttHost(), user: mqtt.username, clean: mqtt.clean, keepAlive: mqtt.keepalive,
    }));
} catch (error) {
    console.log(JSON.stringify({ error: error.message }));
}
