module.exports = { 'users-permissions': { config: { jwtSecret: 'a-jwt-secret' } } };
