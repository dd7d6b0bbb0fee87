// placeholder until the generated commands are here
