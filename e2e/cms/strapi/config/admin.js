module.exports = {
  auth: { secret: 'an-admin-secret' },
  apiToken: { salt: 'an-api-salt', secrets: { encryptionKey: 'an-encryption-key-of-32-characters' } },
  transfer: { token: { salt: 'a-transfer-salt' } },
  serveAdminPanel: false,
  flags: { nps: false, promoteEE: false },
};
