/** The Podman version whose behaviour, files and API we present, and the Docker API range we serve (research/landscape §1.3). */
export const podmanVersion = "5.8.3";
export const dockerApiVersion = "1.44";
export const dockerMinApiVersion = "1.24";
export const libpodMinApiVersion = "4.0.0";
